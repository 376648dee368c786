"""A throw-away PostgreSQL: `python -m tests.fakes.postgres start DIR` prints its address, `stop DIR` ends and removes it."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path("/usr/local/bin")]
SETTINGS = {"listen_addresses": "127.0.0.1", "max_connections": "200", "shared_buffers": "64MB"}


def start(directory: Path) -> str:
    """Address of a fresh cluster: `postgresql://postgres@127.0.0.1:PORT/forum_test`."""
    directory.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres", "postgres")
    port = _free_port()
    _run("initdb", "-D", directory / "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    _run("pg_ctl", "-D", directory / "data", "-w", "-l", directory / "log", "-o", f"-p {port} -k {directory} {options}", "start")
    return f"postgresql://postgres@127.0.0.1:{port}/forum_test"


def stop(directory: Path) -> None:
    _run("pg_ctl", "-D", directory / "data", "-w", "-m", "fast", "stop")
    shutil.rmtree(directory, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(program: str, *arguments: object) -> None:
    """PostgreSQL refuses to run as root, so then it runs as its own user."""
    command = [str(BINARIES[-1] / program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/")


if __name__ == "__main__":
    verb, where = sys.argv[1], Path(sys.argv[2]).resolve()
    if verb == "start":
        print(start(where))
    else:
        stop(where)
