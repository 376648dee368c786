"""The seven columns of a support archive: who wrote what to whom, as text ids."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from forum.importers.social_files.dates import moment
from forum.importers.social_files.opening import sources
from forum.importers.social_files.streams import rows_of
from forum.models.social import AccountKind
from forum.social.sources import Item, Skipped, SourceAccount, SourcePost, line, plain

COLUMNS = ("tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id")
HOST = "x.com"
MAX_FIELD = 1_000_000
_ID = re.compile(r"([0-9]{1,30})(?:\.0)?")


def read(path: Path) -> Iterator[Item]:
    csv.field_size_limit(MAX_FIELD)
    for name, file in sources(path):
        yield from _rows(name, file)


def _rows(name: str, file: IO[bytes]) -> Iterator[Item]:
    text = io.TextIOWrapper(file, "utf-8-sig", errors="replace", newline="")
    reader = csv.reader(line.replace("\0", "") for line in text)
    header = [column.strip() for column in next(reader, [])]
    if sorted(header) != sorted(COLUMNS):
        yield Skipped(1, name, "Not a post: the first line does not name the seven columns.")
        return
    order = [header.index(column) for column in COLUMNS]
    for found in rows_of(reader):
        if isinstance(found, Skipped):
            yield found
            continue
        start, row = found
        yield _post(start, [row[place] for place in order] if len(row) == len(COLUMNS) else row)


def _post(number: int, row: list[str]) -> Item:
    if len(row) != len(COLUMNS):
        return Skipped(number, line(row[0], 40), "This row does not have seven fields.")
    tweet, author, inbound, created, text, responses, parent = row
    post_id = _id(tweet)
    at = moment(created)
    if not post_id:
        return Skipped(number, line(tweet, 40), "The id of this row is not a whole number.")
    if at is None:
        return Skipped(number, post_id, "The date of this row cannot be read.")
    if not author.strip():
        return Skipped(number, post_id, "This row has no author.")
    children = tuple(found for found in (_id(one) for one in responses.split(",")[:1000]) if found)
    handle = line(author, 300)
    return SourcePost(
        ext_id=post_id,
        account=_account(handle, brand=inbound.strip().lower() == "false"),
        text=plain(text),
        created_at=at,
        line=number,
        parent=_id(parent),
        answered_by=children,
        url=f"https://{HOST}/{'i' if handle.isdigit() else handle}/status/{post_id}",
    )


def _account(handle: str, *, brand: bool) -> SourceAccount:
    kind = AccountKind.brand if brand else AccountKind.private
    url = "" if handle.isdigit() else f"https://{HOST}/{handle}"
    return SourceAccount(ext_id=handle, handle=handle, host=HOST, name=handle, url=url, kind=kind)


def _id(value: str) -> str:
    found = _ID.fullmatch(value.strip())
    return found[1] if found else ""
