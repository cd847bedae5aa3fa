"""The production web server: Gunicorn with several processes and threads."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from config import Settings


def find_listening_problem(settings: Settings) -> str | None:
    """Return why nothing could be served on the address of the settings, or None when it is free."""
    try:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((settings.host, settings.port))
    except OSError as error:
        return (
            f"{settings.host}:{settings.port} cannot be served on: {error.strerror}. "
            "Set another PORT, for example PORT=8080, or stop what is running there."
        )
    return None


class Server(BaseApplication):  # type: ignore[misc]  # Gunicorn publishes no types
    """Gunicorn with its options from our settings; every process builds its own app."""

    def __init__(
        self, settings: Settings, create_app: Callable[[], Flask], announce: Callable[[], None]
    ) -> None:
        """Take what to serve, and what to call once requests are accepted."""
        self._settings = settings
        self._create_app = create_app
        self._announce = announce
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to Gunicorn."""
        options: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            "worker_class": "gthread",
            # A worker's heartbeat file on a disk that is busy would get it killed.
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108  # a memory file system
            "loglevel": "warning",
            "graceful_timeout": 10,
            "when_ready": lambda _server: self._announce(),
            # Ctrl-C reaches every process of a terminal. Only the master acts on it and tells its workers:
            # a worker told twice at once can hang until it is killed.
            "post_worker_init": lambda _worker: signal.signal(signal.SIGINT, signal.SIG_IGN),
            "proc_name": "courseapp",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the app, in the worker."""
        return self._create_app()
