"""Every benchmark of the imaging and the archive, with its defaults: ``python -m tests.bench``.

About ten minutes on two idle cores. Each prints what it does; ``docs/benchmarks.md`` has the
figures of one run.
"""

from __future__ import annotations

import sys

from tests.bench import allow_bytecode, batch, derivatives, memory, overhead

if __name__ == "__main__":
    allow_bytecode()
    for title, main in (
        ("A full derivative set", derivatives.main),
        ("A batch on all cores", batch.main),
        ("What an item costs the one writer", overhead.main),
        ("The memory of a worker", memory.main),
    ):
        sys.stdout.write(f"\n{title}\n\n")
        sys.stdout.flush()
        main()
