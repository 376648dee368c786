"""Entries of an Atom or RSS feed as our posts: each is a thread of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError  # types only; reading goes through defusedxml

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from forum.models.social import AccountKind
from forum.social.sources import Item, Skipped, SourceAccount, SourcePost, line, plain
from forum.social.wire.html_text import html_to_text
from forum.social.wire.values import address, date

MOST = 200
_TEXTS = ("content", "encoded", "summary", "description")


class NotAFeed(ValueError):
    """Something else than Atom or RSS, or unsafe to read."""


def read(content: bytes, place: str, now: datetime) -> tuple[str, list[Item]]:
    """The feed's title and its entries. `place` is the feed's address; an entry without a date counts as of now."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotAFeed from error
    if _name(root) not in ("feed", "rss", "RDF"):
        raise NotAFeed
    head = next((one for one in root if _name(one) == "channel"), root)
    title = line(_text(head, "title"), 200)
    entries = [one for one in [*root, *(head if head is not root else [])] if _name(one) in ("entry", "item")]
    return title, [_item(one, place, title, now) for one in entries[:MOST]]


def _item(entry: Element, place: str, title: str, now: datetime) -> Item:
    link = address(_link(entry))
    key = line(_text(entry, "id") or _text(entry, "guid") or link, 200)
    if not key:
        return Skipped(0, "", "An entry without an id or an address.")
    words = next((text for name in _TEXTS if (text := _text(entry, name))), "")
    heading = line(html_to_text(_text(entry, "title")), 300)
    at = next((found for name in ("published", "pubDate", "date", "updated") if (found := _date(_text(entry, name)))), now)
    edited = _date(_text(entry, "updated"))
    author = line(_author(entry) or title or urlsplit(place).netloc, 200)
    host = urlsplit(place).netloc.lower()[:253]
    return SourcePost(
        ext_id=key if key.startswith(("https://", "http://")) else f"{place}#{key}",
        account=SourceAccount(f"{place}#{author}"[:300], author, host, author, place, kind=AccountKind.unknown),
        text="\n\n".join(part for part in (heading, plain(html_to_text(words))) if part),
        created_at=at,
        line=0,
        url=link,
        language=line(entry.get("{http://www.w3.org/XML/1998/namespace}lang") or "und", 20),
        edited_at=edited if edited is not None and edited > at else None,
    )


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element if _name(one) == name)


def _text(element: Element, name: str) -> str:
    found = next(_children(element, name), None)
    return "".join(found.itertext()).strip() if found is not None else ""


def _link(entry: Element) -> str:
    for one in _children(entry, "link"):
        if one.get("rel", "alternate") == "alternate":
            return one.get("href") or (one.text or "").strip()
    return ""


def _author(entry: Element) -> str:
    for one in _children(entry, "author"):
        return _text(one, "name") or (one.text or "").strip()
    return _text(entry, "creator")


def _date(text: str) -> datetime | None:
    if found := date(text):
        return found
    try:
        made = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return (made if made.tzinfo else made.replace(tzinfo=UTC)).astimezone(UTC)
