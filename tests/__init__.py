"""The tests. A package, because a dependency of a test library installs one of the same name."""
