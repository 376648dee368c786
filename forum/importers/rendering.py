"""Turns many bodies into Markdown and HTML, in as many processes as there are processors: the costly part of an import."""

import multiprocessing
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from types import TracebackType

from forum.core.markdown import render
from forum.core.text import clean_anyway
from forum.importers.html_to_markdown import html_to_markdown

CHUNK = 40
WORTH_A_POOL = 400_000
"""Bytes to read before other processes pay for their start."""
PIECE = 40_000
_FENCE = re.compile(r"^(?:```|~~~)", re.M)


@dataclass(frozen=True, slots=True)
class Body:
    text: str
    is_html: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    markdown: str
    html: str


def render_all(bodies: list[Body]) -> list[Rendered]:
    return [_rendered(body) for body in bodies]


def _rendered(body: Body) -> Rendered:
    if not body.text:
        return Rendered("", "")
    markdown = clean_anyway(html_to_markdown(body.text) if body.is_html else body.text)
    return Rendered(markdown, "".join(render(piece) for piece in _pieces(markdown)))


def _pieces(markdown: str) -> list[str]:
    """A very long text is rendered in pieces cut between paragraphs, so that time grows with its length only."""
    if len(markdown) <= PIECE:
        return [markdown]
    made: list[str] = []
    held = ""
    for part in re.split(r"(?<=\n)(?=\n)", markdown):
        if len(held) + len(part) > PIECE and held and len(_FENCE.findall(held)) % 2 == 0:
            made.append(held)
            held = ""
        held += part
    return [*made, held]


class Renderer:
    """`submit` starts the work on some bodies and returns a function that waits for it."""

    def __init__(self, bytes_to_read: int) -> None:
        workers = os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None
        if bytes_to_read > WORTH_A_POOL and workers > 1:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)

    def submit(self, bodies: list[Body]) -> Callable[[], list[Rendered]]:
        if self._pool is None:
            return lambda: render_all(bodies)
        futures: list[Future[list[Rendered]]] = [
            self._pool.submit(render_all, bodies[start : start + CHUNK]) for start in range(0, len(bodies), CHUNK)
        ]
        return lambda: [one for future in futures for one in future.result()]

    def __enter__(self) -> "Renderer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """A worker whose importer was killed would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for, args=(parent.join,), daemon=True).start()


def _wait_for(join: Callable[[], None]) -> None:
    join()
    os._exit(1)
