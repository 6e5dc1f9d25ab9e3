"""What PRONOM, the registry of file formats, calls a file.

siegfried keeps its signatures in memory, 77 MB of them, and never gives them back. So it runs in
one process for a whole batch (``pipeline.naming``) and in no worker; for the odd file that is no
image at all it runs in a process for that file alone: ``python -m pipeline.pronom FILE``.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from pipeline.isolation import environment_of_child

# DROID's own limit is 64 KiB at each end.
_SAMPLE_BYTES = 1 << 20
_LONGEST_S = 60
UNKNOWN = "UNKNOWN"

_log = logging.getLogger("hoaban.pronom")


@dataclass(frozen=True)
class FormatName:
    """PRONOM's name of a format.

    Attributes:
        puid: PRONOM identifier, or ``UNKNOWN``.
        name: Name with version, or empty.
        mime_type: Media type, or empty.
    """

    puid: str = UNKNOWN
    name: str = ""
    mime_type: str = ""


def name_format(path: Path) -> FormatName:
    """Return PRONOM's name for the content of ``path``; this process keeps the signatures.

    Raises:
        OSError: The file cannot be read.
    """
    import pygfried

    with _sample(path) as sample:
        details = pygfried.identify(str(sample), detailed=True)
    match = details["files"][0]["matches"][0]
    name = " ".join(part for part in (match["format"], match["version"]) if part)
    return FormatName(match["id"] or UNKNOWN, name, match["mime"].split(",")[0].strip())


def name_format_apart(path: Path) -> FormatName:
    """Return the same, asked in a process that ends with its answer.

    One that crashes or hangs has no name for the file: the file is refused without it.
    """
    command = [sys.executable, "-m", "pipeline.pronom", os.fspath(path)]
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter, our own module)
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LONGEST_S,
            env=environment_of_child(),
        )
        return FormatName(**json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        _log.warning("%s: no answer of siegfried: %r", path, error)
        return FormatName()


@cache
def identifier_version() -> str:
    """Return the version of siegfried and of the PRONOM signatures it carries."""
    import pygfried

    details = pygfried.identify(__file__, detailed=True)
    signatures = details["identifiers"][0]["details"].split(".xml")[0]
    return f"siegfried {details['siegfried']}, PRONOM {signatures}"


@contextmanager
def _sample(path: Path) -> Iterator[Path]:
    """Give what siegfried needs to see of a file: of a large one its beginning and its end.

    Signatures stand there; siegfried searches a file that might hold one to its last byte, which
    takes 2 s for a TIFF of 300 MB. DROID, the PRONOM project's own tool, looks at less.

    Raises:
        OSError: The file cannot be read, or the sample not written.
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
        size_bytes = file.seek(0, os.SEEK_END)
        # A PDF says in the middle of the file which PDF/A it is.
        if size_bytes <= 4 * _SAMPLE_BYTES or head.startswith(b"%PDF"):
            yield path
            return
        file.seek(-_SAMPLE_BYTES, os.SEEK_END)
        tail = file.read()
    with tempfile.TemporaryDirectory(prefix="hoaban-identify-") as folder:
        # Siegfried compares the extension, too.
        sample = Path(folder) / f"sample{path.suffix}"
        sample.write_bytes(head + tail)
        yield sample


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(name_format(Path(sys.argv[1])))))
