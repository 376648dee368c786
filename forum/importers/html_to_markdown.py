"""HTML of other communities as Markdown. Every text node is escaped, so that text never becomes markup."""

import re

from forum.core.html_tree import Node, parse, safe_url
from forum.social.escaping import escape, escape_line_starts

_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_BLOCKS = {
    *("p", "div", "blockquote", "ul", "ol", "li", "pre", "hr", "table", "dl", "dt", "dd", "section", "article", "aside"),
    *("header", "footer", "figure", "figcaption", "details", "summary", "center", "main", "nav", "thead", "tbody", "tr", "video"),
    *_HEADINGS,
}
_WRAPS = {"em": "*", "i": "*", "strong": "**", "b": "**", "s": "~~", "del": "~~", "strike": "~~"}
_SPACE = re.compile(r"\s+")


def html_to_markdown(html: str) -> str:
    """Markdown that renders to the same words, and to no other tags or links than the HTML asked for."""
    return "\n\n".join(_blocks(parse(html).children)).strip()


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
