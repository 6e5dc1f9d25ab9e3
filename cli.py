"""The ``hoaban`` command. The only place that prints, exits or catches everything. Floor 4."""
