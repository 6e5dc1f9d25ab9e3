"""A dask scheduler and workers in processes of their own, on this computer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """Starts and stops the processes; every one is ended by :meth:`close`."""

    def __init__(self, folder: Path, environ: Mapping[str, str], tls: Sequence[str] = ()) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"{'tls' if tls else 'tcp'}://127.0.0.1:{self.port}"
        self.scheduler: subprocess.Popen[bytes]
        self._tls = list(tls)
        self._environ = dict(os.environ) | {"PYTHONPATH": str(ROOT)} | dict(environ)
        self._processes: list[subprocess.Popen[bytes]] = []

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        return self._start(
            "distributed.cli.dask_scheduler",
            "--host",
            self.address.rpartition(":")[0],
            "--port",
            str(self.port),
            "--no-dashboard",
            "--no-show",
        )

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._start(
            "distributed.cli.dask_worker",
            self.address,
            "--nthreads",
            "1",
            "--no-dashboard",
            "--memory-limit",
            "0",
            "--death-timeout",
            "30",
            "--local-directory",
            str(self.folder),
        )

    def worker_pids(self) -> dict[str, int]:
        """Return the process of every worker (not of its nanny), by address."""
        from distributed import Client

        with Client(self.address, timeout="20s", set_as_default=False) as client:
            return dict(client.run(os.getpid))

    def wait_for_workers(self, count: int) -> None:
        from distributed import Client

        with Client(self.address, timeout="30s", set_as_default=False) as client:
            client.wait_for_workers(count, timeout=60)

    def close(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        until = time.monotonic() + 5
        for process in self._processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, until - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{module}-{len(self._processes)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments, *self._tls],
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        return process


@contextmanager
def cluster_of(
    workers: int, folder: Path, environ: Mapping[str, str], tls: Sequence[str] = ()
) -> Iterator[Cluster]:
    """Give a cluster that runs; end it after the block, whatever happens."""
    folder.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(folder, environ, tls)
    try:
        cluster.scheduler = cluster.start_scheduler()
        for _number in range(workers):
            cluster.start_worker()
        if workers and not tls:
            cluster.wait_for_workers(workers)
        yield cluster
    finally:
        cluster.close()
