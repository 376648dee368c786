"""Text from elsewhere made inert: every character that Markdown would act on is escaped, so that text stays text."""

import re

_ACTIVE = re.compile(r"[\\`*_\[\]<>&#|~]")
_LINE_START = re.compile(r"^([ \t]*)(?:([-+=])|(\d{1,9})([.)]))", re.M)
_SCHEME = re.compile(r":(?=//)|(?<=mailto):", re.I)
_DOT = re.compile(r"(?<=\S)\.(?=\S)")
_URL = re.compile(r"https?://[^\s<>\"'\\^`{|}\x00-\x20]{1,2000}", re.I)
_TAIL = ".,;:!?)]}…»”’*_~"


def escape(text: str) -> str:
    """Markdown that shows exactly `text`: nothing of it becomes markup or a link."""
    text = _ACTIVE.sub(r"\\\g<0>", text)
    text = _SCHEME.sub(r"\\:", text)
    text = text.replace("//", r"\/\/")
    return _DOT.sub(r"\\.", text)


def escape_line_starts(markdown: str) -> str:
    """Keeps a paragraph's lines from opening a list, a rule or a heading."""
    return _LINE_START.sub(_escape_start, markdown)


def _escape_start(found: re.Match[str]) -> str:
    if found[2]:
        return f"{found[1]}\\{found[2]}"
    return f"{found[1]}{found[3]}\\{found[4]}"


def plain_to_markdown(text: str) -> str:
    """Plain text as Markdown: web addresses stay links, lines stay lines, everything else is inert."""
    paragraphs = [part.strip() for part in re.split(r"\n[ \t]*\n", text)]
    return "\n\n".join(_paragraph(part) for part in paragraphs if part)


def _paragraph(text: str) -> str:
    lines = [escape_line_starts(_line(" ".join(line.split()))) for line in text.split("\n")]
    return "\\\n".join(line for line in lines if line)


def _line(text: str) -> str:
    made: list[str] = []
    end = 0
    for found in _URL.finditer(text):
        url = found[0].rstrip(_TAIL)
        made += [escape(text[end : found.start()]), f"<{url}>"]
        end = found.start() + len(url)
    made.append(escape(text[end:]))
    return "".join(made)
