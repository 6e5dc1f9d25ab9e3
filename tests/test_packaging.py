"""The installation is ours alone."""

from importlib.metadata import packages_distributions

from pipeline.doctor import OUR_PACKAGES


def test_nothing_else_owns_our_package_names() -> None:
    owners = packages_distributions()
    assert {name: set(owners.get(name, ())) - {"hoaban"} for name in OUR_PACKAGES} == {
        name: set() for name in OUR_PACKAGES
    }
