"""Markdown to HTML that is safe wherever it is shown."""

import json
import lzma
import re
import tarfile
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from forum.core import markdown

ATTACKS = Path(__file__).parents[3] / "shared" / "data" / "attack_dev.tar.xz"
HARMLESS = {"href", "src", "title", "alt", "class", "start", "scope", "type", "checked", "disabled", "loading", "decoding", "rel"}
HARMLESS |= {"tabindex", "role", "aria-label"}
TAGS = markdown._TAGS


class Reader(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.trouble = []

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.trouble.append(f"<{tag}>")
        for name, value in attributes:
            address = re.sub(r"[\t\r\n]", "", value or "").lstrip("".join(map(chr, range(33)))).lower()
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", address)  # as browsers find it (URL Standard 4.4)
            if name not in HARMLESS or name.startswith("on"):
                self.trouble.append(f"{tag} {name}={value!r}")
            if name == "href" and scheme and scheme[0] not in ("http:", "https:", "mailto:"):
                self.trouble.append(f"href {value!r}")
            if name == "src" and not address.startswith("/images/"):
                self.trouble.append(f"src {value!r}")

    def handle_comment(self, data):
        self.trouble.append(f"comment {data[:30]}")

    def handle_decl(self, decl):
        self.trouble.append(f"declaration {decl[:30]}")


def trouble(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.trouble


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*a* **b**", "<p><em>a</em> <strong>b</strong></p>"),
        ("# Big", "<h3>Big</h3>"),
        ("- [ ] todo", 'type="checkbox"'),
        ("~~no~~", "<s>no</s>"),
        ("see https://example.org/x", '<a href="https://example.org/x" rel="ugc nofollow">'),
        ("|a|b|\n|-|-|\n|1|2|", '<th scope="col">a</th>'),
        ("```python\nprint(1)\n```", '<code class="highlight">'),
        ("![me](/images/0123456789abcdef0123.png)", 'src="/images/0123456789abcdef0123.png"'),
    ],
)
def test_what_people_write(text, expected):
    assert expected in markdown.render(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("![cat](https://evil.example/cat.png)", '<a href="https://evil.example/cat.png" rel="ugc nofollow">cat</a>'),
        ("![](https://evil.example/cat.png)", '<a href="https://evil.example/cat.png" rel="ugc nofollow">evil.example</a>'),
        ("[![x](https://evil.example/a.png)](https://b.example)", '<a href="https://b.example" rel="ugc nofollow">x</a>'),
    ],
)
def test_pictures_from_elsewhere_become_links(text, expected):
    html = markdown.render(text)
    assert expected in html
    assert "<img" not in html


def test_only_members_that_exist_are_mentioned():
    html = markdown.render("@hal and @nobody, hal@example.org, `@hal` [@hal](https://a.example)", ["hal"])
    assert html.count('class="at"') == 1
    assert '<a href="/members/hal" class="at" rel="ugc nofollow">@hal</a>' in html
    assert markdown.mentions("@Hal, @hal and @zoe-b!") == ["hal", "zoe-b"]
    assert len(markdown.mentions(" ".join(f"@m{n}" for n in range(99)))) == 20


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<javascript:alert(1)>",
        "![x](/images/../../sign-out)",
        "![x](/images/0123456789abcdef0123.svg)",
        '[x](https://a.example "onmouseover=alert(1)")',
        "[x]: javascript:alert(1)\n\n[x]",
        "```<script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```",
        "`<svg/onload=alert(1)>`",
        "<a href='vbscript:x'>y</a>",
        "<style>body{display:none}</style><form action=//evil><button>",
        "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    ],
)
def test_nothing_runs(text):
    assert trouble(markdown.render(text)) == []
    assert trouble(markdown.sanitise(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 20_000, "![" * 10_000, "[a](b" * 4_000, "**a*" * 5_000, ">" * 20_000, "- " * 10_000, "`" * 19_999, "|" * 20_000),
        *(
            "|a" * 500 + "\n" + "|-" * 500,
            "<" * 20_000,
            "&" * 20_000,
            "@a " * 6_600,
            "http://a.b " * 1_800,
            "\\" * 20_000,
            "*_" * 10_000,
        ),
    ],
    ids=lambda text: text[:5],
)
def test_hostile_text_stays_cheap_and_safe(text):
    began = time.process_time()
    html = markdown.render(text)
    assert time.process_time() - began < 3
    assert trouble(html) == []
    assert len(html) <= markdown.MAX_HTML * 2


def members(name):
    with lzma.open(ATTACKS) as unpacked, tarfile.open(fileobj=unpacked) as archive:
        for entry in archive:
            if entry.isfile() and entry.name.startswith(name):
                found = archive.extractfile(entry)
                assert found is not None
                yield entry.name, found.read()


needs_attacks = pytest.mark.skipif(not ATTACKS.exists(), reason="the collection of attack strings is not here")


@needs_attacks
@pytest.mark.parametrize("folder", ["blns/", "h5sc/", "bleach_xss_pairs/", "markdown_it_fixtures/", "commonmark/"])
def test_collected_attacks(folder):
    texts = []
    for name, data in members(folder):
        texts.append(data.decode("utf-8", "replace"))
        if name.endswith(".json"):
            texts += _strings(json.loads(data))
    assert texts
    wrong = [
        text[:80]
        for text in texts
        for html in (markdown.render(text[: markdown.MAX_LENGTH]), markdown.sanitise(text))
        if trouble(html)
    ]
    assert wrong == []


def _strings(value):
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    return [text for one in value for text in _strings(one)] if isinstance(value, list) else []


def test_sanitising_twice_changes_nothing():
    for text in ("*a* <b>x</b>", "|a|\n|-|\n|1|", "- [x] done", "```js\nlet a = '<b>'\n```", "@hal https://a.example/?a=1&b=2"):
        once = markdown.render(text, ["hal"])
        assert markdown.sanitise(once) == once
