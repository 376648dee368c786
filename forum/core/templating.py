"""Jinja: the environment, its filters and its globals. The only file that imports jinja2."""

from collections.abc import Callable, MutableMapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from forum.core import clock, text
from forum.core.places import place


class _Environment(Environment):
    """Globals belong to all templates, never to one: an include or import then need not compare what each of them knows."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals


@cache
def environment() -> Environment:
    made = _Environment(
        loader=FileSystemLoader(place("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters.update(
        ago=ago, iso=iso, exact=exact, day=day, number=number, plural=text.plural, stored_html=stored_html, excerpt=text.excerpt
    )
    return made


def keep_macro(template: str, name: str) -> None:
    """Make a macro of plain values known to every template, and draw each picture once: a page holds hundreds of icons."""

    @lru_cache(maxsize=4_096)
    def drawn(*values: str | int | bool) -> Markup:
        macro: Callable[..., Markup] = getattr(environment().get_template(template).module, name)
        return macro(*values)

    environment().globals[name] = drawn


def add_global(name: str, value: Callable[..., Any] | object) -> None:
    environment().globals[name] = value


def render(template: str, **context: Any) -> str:
    return environment().get_template(template).render(**context)


def stored_html(html: str) -> Markup:
    """HTML that `forum.core.markdown` made and the database kept."""
    return Markup(html)  # noqa: S704  (the one place where HTML is believed)


def ago(moment: datetime) -> str:
    """Relative under a day, then the date: "4 minutes ago", "6 November", "6 November 2024"."""
    passed = clock.now() - moment
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return text.plural(int(passed.total_seconds() // 60), "minute") + " ago"
    if passed < timedelta(days=1):
        return text.plural(int(passed.total_seconds() // 3600), "hour") + " ago"
    if passed < timedelta(days=2):
        return "yesterday"
    return day(moment)


def day(moment: date | datetime) -> str:
    shown = f"{moment.day} {moment:%B}"
    return shown if moment.year == clock.now().year else f"{shown} {moment.year}"


@lru_cache(maxsize=4_096)
def exact(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


@lru_cache(maxsize=4_096)
def iso(moment: date | datetime) -> str:
    return moment.isoformat(timespec="seconds") if isinstance(moment, datetime) else moment.isoformat()


def number(value: int) -> str:
    return f"{value:,}"


def span(length: timedelta) -> str:
    """A length in the largest unit that fits: "19 minutes", "2 days"."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "a minute"
    if minutes < 90:
        return text.plural(minutes, "minute")
    if minutes < 36 * 60:
        return text.plural(round(minutes / 60), "hour")
    return text.plural(round(minutes / 1440), "day")
