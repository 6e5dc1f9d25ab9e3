"""From our record to other people's formats, one module a format. Pure: data in, data out."""
