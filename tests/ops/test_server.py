"""The web server: it starts only where it can listen, and Ctrl-C ends it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import IO

import pytest

from config import PROJECT_ROOT
from courseapp.ops.server import find_listening_problem
from tests.databases import SECRET_KEY, settings_for
from tests.run_all import clean_environment


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def iter_until(lines: IO[str] | None, start: str) -> Iterator[str]:
    """Yield lines up to the one that starts so."""
    for line in lines or ():
        yield line
        if line.startswith(start):
            return


def test_an_address_that_is_taken_is_told_before_anything_is_done(tmp_path, listener):
    port = listener.getsockname()[1]
    settings = settings_for("sqlite://", tmp_path / "instance", port=port)
    assert find_listening_problem(settings) == (
        f"127.0.0.1:{port} cannot be served on: Address already in use. "
        "Set another PORT, for example PORT=8080, or stop what is running there."
    )
    listener.close()
    assert find_listening_problem(settings) is None


def test_ctrl_c_ends_the_server_without_a_cry(tmp_path, listener):
    port = listener.getsockname()[1]
    listener.close()
    environment = {
        **clean_environment(),
        "COURSEAPP_INSTANCE_DIR": str(tmp_path / "instance"),
        "COURSEAPP_SECRET_KEY": SECRET_KEY,
        "PORT": str(port),
    }
    with subprocess.Popen(
        [sys.executable, "-c", "from courseapp.cli import main; main()", "serve"],
        cwd=PROJECT_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A group of its own, as a terminal makes it: Ctrl-C goes to all of its processes.
        start_new_session=True,
    ) as process:
        try:
            printed = list(iter_until(process.stdout, "Serving on"))
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
                assert answer.read() == b'{"status":"ok"}\n'
            interrupted_at = time.monotonic()
            os.killpg(process.pid, signal.SIGINT)
            rest, _ = process.communicate(timeout=30)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0
    assert rest == ""
    # Gunicorn kills workers that do not end within 10 seconds.
    assert time.monotonic() - interrupted_at < 9
    assert [line for line in printed if "/links/" in line]
