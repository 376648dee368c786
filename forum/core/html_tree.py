"""HTML from elsewhere as a small tree: never deep, without scripts, however broken it is."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

MAX_DEPTH = 40
_VOID = {"br", "hr", "img", "input", "wbr", "meta", "link", "source", "track", "area", "base", "col", "embed", "param"}
_DROPPED = {"script", "style", "template", "iframe", "object", "svg", "head", "title", "noscript", "math"}
_CELLS = {"td", "th"}
_TERMS = {"dt", "dd"}
_CLOSES_ITSELF = {"li": {"li"}, "p": {"p"}, "dt": _TERMS, "dd": _TERMS, "tr": {"tr"}, "td": _CELLS, "th": _CELLS}
_UNSAFE_IN_URL = re.compile(r"[\x00-\x20<>\\\"`\x7f]")


@dataclass(slots=True)
class Node:
    tag: str
    href: str = ""
    alt: str = ""
    start: str = ""
    children: list["Node | str"] = field(default_factory=list)


def parse(html: str) -> Node:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    """A small tree, never deeper than MAX_DEPTH; what is deeper joins its ancestor."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self.open = [self.root]
        self.dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self.dropping += 1
        if self.dropping:
            return
        if self.open[-1].tag in _CLOSES_ITSELF.get(tag, ()):
            self.open.pop()
        given = dict(attrs)
        source = given.get("href") or given.get("src") or ""
        node = Node(tag, source, given.get("alt") or given.get("class") or "", given.get("start") or "")
        self.open[-1].children.append(node)
        if tag not in _VOID and len(self.open) < MAX_DEPTH:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.dropping = max(0, self.dropping - 1)
            return
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        if not self.dropping:
            self.open[-1].children.append(data)


def safe_url(url: str, schemes: tuple[str, ...] = ("http", "https", "mailto")) -> str:
    """The address when a reader may follow it, else an empty string."""
    url = _UNSAFE_IN_URL.sub(lambda found: f"%{ord(found[0]):02X}", url.strip())
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme.lower() in schemes and (parts.netloc or parts.scheme == "mailto") else ""
