"""HTML becomes Markdown that shows the same words; text never turns into markup."""

import re
from html import escape, unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.core.markdown import render
from forum.core.text import clean_anyway
from forum.importers.html_to_markdown import html_to_markdown

_TRICKS = [
    "http://",
    "https://x.example",
    "www.",
    "x.com",
    "](",
    "![",
    "<a>",
    "&lt;",
    "mailto:a@b.example",
    "```",
    "~~~",
    "- [ ] ",
    "1. ",
    "# ",
    "> ",
    "| a |",
    "**",
    "__",
    "\\",
    "&amp;",
    "javascript:alert(1)",
    "\n",
    "   ",
    "--",
    "===",
]
_TEXT = st.lists(st.one_of(st.sampled_from(_TRICKS), st.text(max_size=6)), max_size=12).map("".join)


def _words(text: str) -> str:
    return " ".join(clean_anyway(text).split())


@settings(max_examples=400, deadline=None)
@given(_TEXT)
def test_no_tag_and_no_link_comes_from_text(text: str) -> None:
    text = clean_anyway(text)
    html = render(html_to_markdown(f"<p>{escape(text)}</p>"))
    assert set(re.findall(r"<(\w+)", html)) <= {"p"}
    assert _words(unescape(re.sub(r"<[^>]+>", "", html))) == _words(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>/abiupre \"'=hrefscript&;:", max_size=60))
def test_any_html_gives_only_safe_html(html: str) -> None:
    shown = render(html_to_markdown(html))
    assert "<script" not in shown.lower() and "javascript:" not in re.sub(r">[^<]*<", "><", shown).lower()


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>a <em>b</em> <strong>c</strong> <s>d</s></p>", "a *b* **c** ~~d~~"),
        ("<ul><li>one<ul><li>two</li></ul></li></ul>", "- one\n\n  - two"),
        ("<ol start='3'><li>a</li><li>b</li></ol>", "3. a\n4. b"),
        ("<pre><code>if a &lt; b:\n    pass\n</code></pre>", "```\nif a < b:\n    pass\n```"),
        ("<p>Use <code>x`y</code></p>", "Use ``x`y``"),
        ("<blockquote><p>q</p></blockquote><hr>", "> q\n\n---"),
        ("<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td></tr></table>", "| a | b\\|c |\n| --- | --- |\n| 1 |  |"),
        ('<a href="https://x.example/a b">y</a>', "[y](<https://x.example/a%20b>)"),
        ('<a href="javascript:alert(1)">y</a>', "y"),
        ('<a href="/local">y</a>', "y"),
        ('<img src="https://x.example/a.png" alt="A hub">', "![A hub](<https://x.example/a.png>)"),
        ("<h2>Title</h2><dl><dt>t</dt><dd>d</dd></dl>", "## Title\n\n**t**\n\nd"),
        ("a<br>1. b", "a\\\n1\\. b"),
        ("<script>alert(1)</script><p>x<kbd>Ctrl</kbd> 2<sup>3</sup><u>u</u></p>", "x`Ctrl` 2^3u"),
    ],
)
def test_what_each_tag_becomes(html: str, markdown: str) -> None:
    assert html_to_markdown(html) == markdown


def test_depth_and_length_do_no_harm() -> None:
    assert "x" in html_to_markdown("<div><b>" * 5_000 + "x")
    assert html_to_markdown("<li>" * 3_000)[:1] in ("", "-")
    assert len(html_to_markdown("a" * 1_000_000)) == 1_000_000
