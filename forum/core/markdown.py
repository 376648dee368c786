"""Markdown to safe HTML, once, at write time. The only file that imports the renderer and the sanitiser.

CommonMark without raw HTML, plus tables, strikethrough, task lists, highlighted code, links from bare
addresses and @mentions. Whatever comes out passes the allow-list of nh3 again.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.tasklists import tasklists_plugin
from pygments import highlight as _pygments
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

RENDERER = 1
"""Stored beside the HTML; raise it when the output changes and let `forum rerender` catch up."""

MAX_LENGTH = 20_000
LONGEST_HIGHLIGHT = 2_000
"""Some lexers take quadratic time; beyond this code is shown plain."""
LEXERS = {
    *("bash", "sh", "shell", "console", "python", "py", "javascript", "js", "typescript", "ts", "json", "yaml", "toml", "ini"),
    *("html", "xml", "css", "sql", "java", "kotlin", "swift", "c", "cpp", "csharp", "go", "rust", "php", "ruby", "diff"),
}
MAX_HTML = 512_000
MENTION = re.compile(r"(?<![\w@/.])@([A-Za-z0-9][\w.-]{0,38}\w|[A-Za-z0-9])")
_WIDE_TABLE = re.compile(r"^[ \t]{0,3}\|?[ \t:|-]{130,}$", re.M)
_IMAGE_PATH = re.compile(r"^/images/[0-9a-f]{20}\.(?:png|jpg|webp|gif)$")
_TAGS = {
    *("p", "br", "strong", "em", "s", "del", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "a", "img", "div", "span"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "input", "label", "sup", "sub", "kbd"),
}
_ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "img": {"src", "alt", "title", "loading", "decoding"},
    "code": {"class"},
    "span": {"class"},
    "pre": {"tabindex"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "th": {"scope"},
    "td": set(),
    "ol": {"start"},
    "ul": {"class"},
    "li": {"class"},
    "input": {"type", "checked", "disabled", "class", "aria-label"},
}
_MAY_LINK = re.compile(r"[:/]\S|\.\w")
_CLASS = re.compile(r"^[a-z0-9 -]{1,60}$")


def mentions(text: str) -> list[str]:
    """Handles that a text seems to address, in order, each once, at most 20."""
    return list(dict.fromkeys(name.lower() for name in MENTION.findall(text[:MAX_LENGTH])))[:20]


def render(text: str, handles: Iterable[str] = ()) -> str:
    """HTML of a post. `handles` are the members that exist (lower case); only those become links."""
    if _WIDE_TABLE.search(text):
        return _plain(text)
    tokens = _parser().parse(text, {})
    known = {handle.lower() for handle in handles}
    for token in tokens:
        _shift_heading(token)
        if token.type == "inline" and token.children:
            token.children = _rewrite(token.children, known)
    html = _parser().renderer.render(tokens, _parser().options, {})
    return sanitise(html) if len(html) <= MAX_HTML else _plain(text)


def sanitise(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="ugc nofollow",
    )


def plain_text(html: str) -> str:
    """The words of rendered HTML, on one line."""
    return " ".join(unescape(nh3.clean(html, tags=set())).split())


def _plain(text: str) -> str:
    """Text too strange to render is shown as it was typed."""
    return sanitise(f"<p>{nh3.clean_text(text[:MAX_LENGTH])}</p>")


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if _CLASS.match(value) else None
    if tag == "img" and name == "src":
        return value if _IMAGE_PATH.match(value) else None
    if tag == "input" and name == "type":
        return "checkbox" if value == "checkbox" else None
    return value


class _Links(LinkifyIt):  # type: ignore[misc]
    """Looking for bare addresses took half the time of a post, and most texts hold nothing that could be one."""

    def pretest(self, text: str) -> bool:
        return _MAY_LINK.search(text) is not None

    def test(self, text: str) -> bool:
        return self.pretest(text) and bool(super().test(text))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": 20, "highlight": _code})
    parser.enable(["table", "strikethrough", "linkify"])
    parser.use(tasklists_plugin, label=True)
    parser.linkify = _Links(options={"fuzzy_email": False})
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    parser.add_render_rule("th_open", _th_open)
    return parser


def _shift_heading(token: Token) -> None:
    """The page owns h1; a post begins at h2... and answers stay below their heading."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(6, int(token.tag[1]) + 2)}"


def _rewrite(children: Sequence[Token], known: set[str]) -> list[Token]:
    made: list[Token] = []
    depth = 0
    for child in children:
        depth += child.nesting if child.type.startswith("link_") else 0
        if child.type == "image" and not _IMAGE_PATH.match(str(child.attrs.get("src", ""))):
            made.extend(_image_as_link(child, inside=depth > 0))
        elif child.type == "text" and depth == 0 and "@" in child.content:
            made.extend(_mention_links(child.content, known))
        else:
            if child.type == "image":
                child.attrs.update({"loading": "lazy", "decoding": "async"})
            made.append(child)
    return made


def _image_as_link(image: Token, *, inside: bool) -> list[Token]:
    """Pictures from elsewhere would tell that place who reads; they become links."""
    source = str(image.attrs.get("src", ""))
    label = image.content or urlsplit(source).hostname or "picture"
    text = Token("text", "", 0, content=label)
    if inside:
        return [text]
    return [Token("link_open", "a", 1, attrs={"href": source}), text, Token("link_close", "a", -1)]


def _mention_links(text: str, known: set[str]) -> list[Token]:
    made: list[Token] = []
    end = 0
    for found in MENTION.finditer(text):
        handle = found.group(1)
        if handle.lower() not in known:
            continue
        made.append(Token("text", "", 0, content=text[end : found.start()]))
        made.append(Token("link_open", "a", 1, attrs={"href": f"/members/{handle.lower()}", "class": "at"}))
        made.append(Token("text", "", 0, content=f"@{handle}"))
        made.append(Token("link_close", "a", -1))
        end = found.end()
    made.append(Token("text", "", 0, content=text[end:]))
    return made


def _code(code: str, name: str, _attrs: str) -> str:
    if name.lower() not in LEXERS or len(code) > LONGEST_HIGHLIGHT:
        return ""
    try:
        lexer = get_lexer_by_name(name.lower())
    except ClassNotFound:
        return ""
    return str(_pygments(code, lexer, HtmlFormatter(nowrap=True)))


def _fence(_self: Any, tokens: Sequence[Token], index: int, options: Any, _env: Any) -> str:
    token = tokens[index]
    name = token.info.strip().split(maxsplit=1)[0] if token.info.strip() else ""
    inner = options.highlight(token.content, name, "") or _escape(token.content)
    return f'<pre tabindex="0"><code class="highlight">{inner}</code></pre>\n'


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _table_open(_self: Any, *_: Any) -> str:
    return '<div class="scroll-x" tabindex="0" role="group" aria-label="Table"><table>\n'


def _table_close(_self: Any, *_: Any) -> str:
    return "</table></div>\n"


def _th_open(_self: Any, *_: Any) -> str:
    return '<th scope="col">'
