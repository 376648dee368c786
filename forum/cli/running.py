"""Commands that run the forum: serve, worker, migrate, demo."""

import os
import signal
from typing import Annotated

import typer
import uvicorn

from forum import wiring
from forum.core import migrations
from forum.core.errors import ForumError
from forum.core.settings import settings
from forum.demo.seed import seed
from forum.social.reading.erasing import erase_again

Port = Annotated[int, typer.Option(help="Port to listen on.")]


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="Processes; with more than one, run `forum worker` beside them.")] = 1,
) -> None:
    """Serve pages. With one process the worker runs inside it."""
    _prepare(port, workers)
    migrations.upgrade()
    uvicorn.run(
        "forum.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
    )


def _prepare(port: int, workers: int) -> None:
    """What one process on this machine needs to know before anything reads the settings."""
    if workers == 1:
        os.environ.setdefault("FORUM_EMBEDDED_WORKER", "true")
    if settings().development:
        os.environ.setdefault("FORUM_BASE_URL", f"http://localhost:{port}")
    settings.cache_clear()


def worker() -> None:
    """Run jobs until told to stop."""
    running = wiring.worker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.stop())
    erase_again()
    running.run()


def migrate() -> None:
    """Bring the database to the newest schema."""
    migrations.upgrade()
    typer.echo("The database is up to date.")


def demo(
    serve_too: Annotated[bool, typer.Option("--serve", help="Serve it afterwards.")] = False,
    port: Port = 8000,
) -> None:
    """Make the demo community, once, and say how to sign in."""
    _prepare(port, workers=1)
    migrations.upgrade()
    try:
        report = seed()
    except ForumError as error:
        typer.echo(error.sentence, err=True)
        raise typer.Exit(1) from None
    typer.echo(report.words(f"http://localhost:{port}"))
    if serve_too:
        serve(port=port)
