"""HTML of other communities as Markdown. Every text node is escaped, so that text never becomes markup."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from forum.social.escaping import escape, escape_line_starts

MAX_DEPTH = 40
_VOID = {"br", "hr", "img", "input", "wbr", "meta", "link", "source", "track", "area", "base", "col", "embed", "param"}
_DROPPED = {"script", "style", "template", "iframe", "object", "svg", "head", "title", "noscript", "math"}
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_BLOCKS = {
    *("p", "div", "blockquote", "ul", "ol", "li", "pre", "hr", "table", "dl", "dt", "dd", "section", "article", "aside"),
    *("header", "footer", "figure", "figcaption", "details", "summary", "center", "main", "nav", "thead", "tbody", "tr", "video"),
    *_HEADINGS,
}
_WRAPS = {"em": "*", "i": "*", "strong": "**", "b": "**", "s": "~~", "del": "~~", "strike": "~~"}
_SPACE = re.compile(r"\s+")
_UNSAFE_IN_URL = re.compile(r"[\x00-\x20<>\\\"`\x7f]")
_CELLS = {"td", "th"}
_TERMS = {"dt", "dd"}
_CLOSES_ITSELF = {"li": {"li"}, "p": {"p"}, "dt": _TERMS, "dd": _TERMS, "tr": {"tr"}, "td": _CELLS, "th": _CELLS}


@dataclass(slots=True)
class Node:
    tag: str
    href: str = ""
    alt: str = ""
    start: str = ""
    children: list["Node | str"] = field(default_factory=list)


def html_to_markdown(html: str) -> str:
    """Markdown that renders to the same words, and to no other tags or links than the HTML asked for."""
    return "\n\n".join(_blocks(parse(html).children)).strip()


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


def _blocks(children: list[Node | str]) -> list[str]:
    made: list[str] = []
    run: list[Node | str] = []
    for child in children:
        if isinstance(child, Node) and (child.tag in _BLOCKS or _holds_blocks(child)):
            made.extend(_paragraph(run))
            run = []
            made.extend(_block(child))
        else:
            run.append(child)
    made.extend(_paragraph(run))
    return made


def _holds_blocks(node: Node) -> bool:
    """An inline tag around blocks, such as a link around a paragraph, is unwrapped."""
    return any(isinstance(child, Node) and child.tag in _BLOCKS for child in node.children)


def _paragraph(run: list[Node | str]) -> list[str]:
    lines = [line.strip() for line in _inline(run).split("\n")]
    text = "\n".join(lines).strip()
    while text.endswith("\\\n") or text == "\\":
        text = text[:-2].rstrip()
    if text.endswith("\\") and not text.endswith("\\\\"):
        text = text[:-1].rstrip()
    return [escape_line_starts(text)] if text else []


def _block(node: Node) -> list[str]:
    if node.tag in _HEADINGS:
        words = _inline(node.children).replace("\\\n", " ").replace("\n", " ").strip()
        return [f"{_HEADINGS[node.tag]} {words}"] if words else []
    if node.tag == "pre":
        return _fence(text_of(node))
    if node.tag == "hr":
        return ["---"]
    if node.tag == "blockquote":
        return _quoted("\n\n".join(_blocks(node.children)))
    if node.tag in ("ul", "ol"):
        return _list(node)
    if node.tag == "table":
        return _table(node)
    if node.tag in ("dt", "summary"):
        return [f"**{words.strip()}**" for words in (_inline(node.children).replace("\\\n", " "),) if words.strip()]
    return _blocks(node.children)


def _fence(code: str) -> list[str]:
    code = code.strip("\n")
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}\n{code}\n{fence}"] if code.strip() else []


def _quoted(text: str) -> list[str]:
    return ["\n".join(f"> {line}".rstrip() for line in text.split("\n"))] if text else []


def _list(node: Node) -> list[str]:
    items = [child for child in node.children if isinstance(child, Node)]
    first = int(node.start) if node.start.isascii() and node.start.isdigit() and len(node.start) < 9 else 1
    made: list[str] = []
    for number, item in enumerate(items, first):
        marker = f"{number}. " if node.tag == "ol" else "- "
        body = "\n\n".join(_blocks(item.children) if item.tag == "li" else _blocks([item]))
        made.append(marker + body.replace("\n", "\n" + " " * len(marker)) if body else marker.rstrip() + " ")
    text = "\n".join(made) if all("\n\n" not in item for item in made) else "\n\n".join(made)
    return [re.sub(r"^[ ]+$", "", text, flags=re.M)] if made else []


def _table(node: Node) -> list[str]:
    rows = [[_cell(cell) for cell in row.children if isinstance(cell, Node)] for row in _rows(node)]
    rows = [row for row in rows if row]
    width = max((len(row) for row in rows), default=0)
    if not 0 < width <= 20:
        return [" ".join(row) for row in rows]
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * width)
    return ["\n".join(lines)]


def _rows(node: Node) -> list[Node]:
    found: list[Node] = []
    for child in node.children:
        if isinstance(child, Node):
            found += [child] if child.tag == "tr" else _rows(child)
    return found


def _cell(node: Node) -> str:
    words = " ".join(" ".join(_blocks(node.children)).replace("\\\n", " ").split())
    return re.sub(r"(?<!\\)\|", r"\|", words)


def _inline(children: list[Node | str]) -> str:
    return "".join(escape(_SPACE.sub(" ", child)) if isinstance(child, str) else _inline_node(child) for child in children)


def _inline_node(node: Node) -> str:
    if node.tag == "br":
        return "\\\n"
    if node.tag in ("code", "kbd", "tt", "samp"):
        return _code(text_of(node))
    if node.tag == "img":
        return _picture(node)
    inner = _inline(node.children)
    if node.tag == "a":
        return _link(node, inner)
    if node.tag in _WRAPS:
        return _wrapped(inner, _WRAPS[node.tag])
    if node.tag == "sup" and inner.strip():
        return f"^{inner.strip()}"
    return inner


def _code(text: str) -> str:
    text = _SPACE.sub(" ", text).strip()
    if not text:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _wrapped(inner: str, mark: str) -> str:
    """Marks hug the words: outside spaces move out, and a line break inside needs none of it."""
    words = inner.strip()
    if not words or words.startswith("\\\n") or mark[0] in (words[0], words[-1]):
        return inner
    before = inner[: len(inner) - len(inner.lstrip())]
    after = inner[len(inner.rstrip()) :]
    return f"{before}{mark}{words}{mark}{after}"


def safe_url(url: str, schemes: tuple[str, ...] = ("http", "https", "mailto")) -> str:
    """The address when a reader may follow it, else an empty string."""
    url = _UNSAFE_IN_URL.sub(lambda found: f"%{ord(found[0]):02X}", url.strip())
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme.lower() in schemes and (parts.netloc or parts.scheme == "mailto") else ""


def _link(node: Node, inner: str) -> str:
    url = safe_url(node.href)
    words = inner.replace("\\\n", " ").replace("\n", " ").strip()
    if not url or not words:
        return inner
    return words if "](" in words else f"[{words}](<{url}>)"


def _picture(node: Node) -> str:
    url = safe_url(node.href, ("http", "https"))
    alt = escape(_SPACE.sub(" ", node.alt).strip())
    return f"![{alt or 'picture'}](<{url}>)" if url else alt


def text_of(node: Node) -> str:
    """The words of a node, as they stand."""
    return "".join(child if isinstance(child, str) else _words(child) for child in node.children)


def _words(node: Node) -> str:
    return "\n" if node.tag == "br" else text_of(node)
