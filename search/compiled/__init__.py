"""The compiled, sharded index of the public site, see ``docs/static-index.md``."""
