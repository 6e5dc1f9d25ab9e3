"""Sound and film: what a recording is, a still or a drawing of it, and the copy that people play.

Everything goes through PyAV (FFmpeg), the optional part ``hoaban[media]``, and by the demuxer that
the file's first bytes have chosen: no playlist and no reference is ever followed to another file.
"""
