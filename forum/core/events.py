"""Events: frozen dataclasses that say what happened. `forum/wiring.py` says who listens.

Handlers run at once, in the order given there, inside the caller's transaction.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel import Session

E = TypeVar("E")
Handler = Callable[[Session, E], None]
_handlers: dict[type, list[Callable[[Session, Any], None]]] = {}


def subscribe(event: type[E], *handlers: Callable[[Session, E], None]) -> None:
    """Join an event to its handlers; called once per event, by wiring only."""
    if event in _handlers:
        raise RuntimeError(f"{event.__name__} is wired twice")
    _handlers[event] = list(handlers)


def emit(session: Session, event: object) -> None:
    for handler in _handlers.get(type(event), ()):
        handler(session, event)


def wired() -> dict[type, list[Callable[[Session, Any], None]]]:
    return dict(_handlers)
