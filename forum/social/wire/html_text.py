"""HTML of a status as plain text: paragraphs and line breaks stay, a link shows its whole address, quote lines go."""

from forum.core.html_tree import Node, parse, safe_url

_PARAGRAPHS = ("p", "div", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6")


def html_to_text(html: str) -> str:
    if "<" not in html and "&" not in html:
        return html.strip()
    lines = _text(parse(html)).split("\n")
    made: list[str] = []
    for line in (" ".join(line.split()) for line in lines):
        if line or (made and made[-1]):
            made.append(line)
    return "\n".join(made).strip()


def _text(node: Node) -> str:
    return "".join(child.replace("\n", " ") if isinstance(child, str) else _inside(child) for child in node.children)


def _inside(node: Node) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag == "p" and "quote-inline" in node.alt:
        return ""
    inner = _text(node)
    if node.tag in _PARAGRAPHS:
        return f"\n\n{inner}\n\n"
    if node.tag == "li":
        return f"\n- {inner}"
    if node.tag == "a":
        return _link(node, inner)
    return inner


def _link(node: Node, inner: str) -> str:
    """Mentions and tags keep their word; a shortened address becomes the whole one."""
    words = inner.strip()
    url = safe_url(node.href, ("http", "https"))
    if not url or words.startswith(("@", "#")) or words == url:
        return inner
    bare = words.rstrip("…").removeprefix("https://").removeprefix("http://")
    return url if not words or (bare and bare in url and " " not in words) else f"{inner} ({url})"
