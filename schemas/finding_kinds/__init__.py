"""Everything a check can find: one table an area, each with its sentences and its remedy."""
