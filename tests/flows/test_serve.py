"""``hoaban serve`` shows the site to this computer, and stops when it is told to."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import Run
from tests.flows.deliveries import make_delivery

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def get(port: int, path: str) -> tuple[int, bytes]:
    """Ask the server, which may still be starting."""
    for _attempt in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except ConnectionRefusedError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError("the server did not start")


def test_the_built_site_is_served_until_interrupted(run: Run, tmp_path: Path) -> None:
    museum = tmp_path / "museum"
    run("init", museum)
    run("ingest", make_delivery(tmp_path / "delivery"), cwd=museum)
    run("build", cwd=museum)
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--port", str(port), "--archive", str(museum)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        assert get(port, "/")[0] == 200
        status, page = get(port, "/vi/index.html")
        assert (status, "Trống đồng".encode() in page) == (200, True)
        assert get(port, "/nothing-here.html")[0] == 404
        assert get(port, "/../hoaban.toml")[0] == 404
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)
    finally:
        server.kill()
        server.communicate()


def test_without_a_site_the_way_to_one_is_told(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "museum")
    ran = run("serve", "--archive", tmp_path / "museum")
    assert ran.code == 3
    assert "hoaban build" in ran.err
