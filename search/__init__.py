"""Finding records: analysis, the Whoosh index and the static index. Floor 2."""
