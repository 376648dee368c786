"""The archive that X gives an account's holder. Two kinds of files are opened: whose it is, and what they posted.

Messages, addresses of machines, mail addresses, lists of followers: none of these files is ever opened.
"""

import html
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from forum.core.errors import Invalid
from forum.importers.social_files.dates import moment
from forum.importers.social_files.streams import objects_of
from forum.models.social import AccountKind
from forum.social.sources import Item, Skipped, SourceAccount, SourcePost, line, plain
from forum.social.wire.values import address, number
from forum.social.wire.x import HOST

MAX_ENTRIES = 200_000
MAX_READ = 200_000_000
MAX_RATIO = 100
MAX_OWNER = 1_000_000
_OWNER = re.compile(r"(?:[^/]+/)?data/manifest\.js")
_POSTS = re.compile(r"(?:[^/]+/)?data/tweets?(?:-part[0-9]{1,4})?\.js")
NOT_A_ZIP = "This is not a whole zip file. Ask for the archive once more, and give us the file as it came."
TOO_MUCH = "That archive unpacks to more than we take."
BAD_NAMES = "That archive names files outside itself, so we do not open it."
NO_OWNER = "The archive does not say whose it is: data/manifest.js is missing."


def read(path: Path) -> Iterator[Item]:
    with _archive(path) as archive:
        author = _owner(archive)
        start = 0
        for entry in _entries(archive, _POSTS):
            with archive.open(entry) as file:
                for found in objects_of(file):
                    start += 1
                    yield _item(start, found, author)


def owner(path: Path) -> SourceAccount:
    """Whose posts these are, as the archive says."""
    with _archive(path) as archive:
        return _owner(archive)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Sizes and names are looked at before anything is unpacked; a size that lies ends in a failed checksum."""
    if not path.is_file():
        raise Invalid({"file": "There is no such file."})
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive)
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Invalid({"file": NOT_A_ZIP}) from None


def _check(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    wanted = [one for one in entries if _POSTS.fullmatch(one.filename) or _OWNER.fullmatch(one.filename)]
    if any(_escapes(one.filename) for one in entries):
        raise Invalid({"file": BAD_NAMES})
    if len(entries) > MAX_ENTRIES or sum(one.file_size for one in wanted) > MAX_READ:
        raise Invalid({"file": TOO_MUCH})
    if any(one.file_size > MAX_RATIO * max(one.compress_size, 1) for one in wanted):
        raise Invalid({"file": TOO_MUCH})


def _escapes(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return ".." in parts or name.startswith(("/", "\\")) or ":" in name[:3]


def _entries(archive: zipfile.ZipFile, pattern: re.Pattern[str]) -> list[zipfile.ZipInfo]:
    found = [one for one in archive.infolist() if pattern.fullmatch(one.filename)]
    return sorted(found, key=lambda one: (len(one.filename), one.filename))


def _owner(archive: zipfile.ZipFile) -> SourceAccount:
    for entry in _entries(archive, _OWNER)[:1]:
        with archive.open(entry) as file:
            text = file.read(MAX_OWNER).decode("utf-8-sig", "replace")
        try:
            said = json.JSONDecoder().raw_decode(text, text.index("{"))[0]
        except (ValueError, RecursionError):
            break
        user = said.get("userInfo") if isinstance(said, dict) else None
        if isinstance(user, dict) and str(user.get("accountId", "")).isdigit():
            handle = line(str(user.get("userName") or user["accountId"]), 200)
            name = line(str(user.get("displayName") or ""), 200)
            url = f"https://{HOST}/{handle}"
            return SourceAccount(str(user["accountId"])[:40], handle, HOST, name, url, kind=AccountKind.private)
    raise Invalid({"file": NO_OWNER})


def _item(place: int, found: Any, author: SourceAccount) -> Item:
    tweet = found.get("tweet", found) if isinstance(found, dict) else None
    if not isinstance(tweet, dict):
        return Skipped(place, "", "Not a post.")
    name = line(str(tweet.get("id_str") or tweet.get("id") or ""), 40)
    user = tweet.get("user")
    if isinstance(user, dict) and str(user.get("id_str") or author.ext_id) != author.ext_id:
        return Skipped(place, name, "This was written by somebody else.")
    text = tweet.get("full_text", tweet.get("text"))
    at = moment(str(tweet.get("created_at") or ""))
    if not name.isdigit() or at is None or not isinstance(text, str):
        return Skipped(place, name, "The id, text or date of this post cannot be read.")
    if text.startswith("RT @") or tweet.get("retweeted") is True:
        return Skipped(place, name, "A repost of somebody else's post.")
    versions = _versions(tweet, name)
    language = line(str(tweet.get("lang") or "und"), 20)
    return SourcePost(
        ext_id=versions[0],
        account=author,
        text=plain(_words(tweet, text)),
        created_at=at,
        line=place,
        parent=line(str(tweet.get("in_reply_to_status_id_str") or ""), 40),
        revision=versions[-1] if len(versions) > 1 else "",
        url=f"https://{HOST}/{author.handle}/status/{versions[0]}",
        language="und" if language in ("zxx", "qme", "qst", "qht", "qam", "qct", "art") else language,
        edited_at=at if versions[0] != name else None,
        sensitive=bool(tweet.get("possibly_sensitive")),
        metrics={"like": _count(tweet.get("favorite_count")), "retweet": _count(tweet.get("retweet_count"))},
    )


def _versions(tweet: dict[str, Any], name: str) -> list[str]:
    """Ids of all wordings, oldest first: an edit gets a new id and stays the same post."""
    info = tweet.get("edit_info")
    known = info.get("initial", info.get("edit")) if isinstance(info, dict) else None
    if isinstance(known, dict):
        first = known.get("initialTweetId")
        known = known.get("editControlInitial", known)
        listed = known.get("editTweetIds") if isinstance(known, dict) else None
        ids = {name, str(first or name), *[str(one) for one in (listed if isinstance(listed, list) else [])[:20]]}
        return sorted((one for one in ids if one.isdigit()), key=lambda one: (len(one), one))
    return [name]


def _words(tweet: dict[str, Any], text: str) -> str:
    """Shortened addresses whole again."""
    entities = tweet.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for one in (urls if isinstance(urls, list) else [])[:50]:
        if isinstance(one, dict) and isinstance(one.get("url"), str) and one["url"]:
            text = text.replace(one["url"], address(one.get("expanded_url")) or one["url"])
    return html.unescape(text)


def _count(value: Any) -> int:
    return number(int(value)) or 0 if str(value).isdigit() and len(str(value)) < 12 else 0
