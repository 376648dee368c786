"""What questions, answers and comments share: bodies from their history, rows for posts and revisions, votes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from forum.core.markdown import RENDERER
from forum.importers.rendering import Body, Rendered
from forum.importers.stackexchange.mapping import Version, versions
from forum.importers.stackexchange.rows import Row
from forum.importers.stackexchange.stage import Entry, Votes
from forum.importers.stackexchange.steps import Import, Outcome, known
from forum.models.topics import Post, PostKind, Revision

_BLANK_POST = {**Post(topic_id=0).model_dump(exclude={"id"}), "renderer": RENDERER}
NO_ID = "This row has no usable id."
NO_DATE = "The date of this row cannot be read."


@dataclass(frozen=True, slots=True)
class Source:
    """One post of the dump with all that is known of it."""

    row: Row
    created_at: datetime
    history: list[Version]
    entries: list[Entry]
    votes: Votes


def dated(rows: list[Row], outcome: Outcome) -> list[Row]:
    kept: list[Row] = []
    for row in rows:
        if not row.id():
            outcome.refuse(row, NO_ID)
        elif row.at("CreationDate") is None:
            outcome.refuse(row, NO_DATE)
        else:
            kept.append(row)
    return kept


def sources(work: Import, rows: list[Row]) -> list[Source]:
    ids = [row.id() for row in rows]
    histories = work.stage.history(ids)
    votes = work.stage.votes(ids)
    made: list[Source] = []
    for row in rows:
        entries = histories.get(row.id(), [])
        at = row.at("CreationDate")
        assert at is not None
        made.append(Source(row, at, versions(entries), entries, votes.get(row.id()) or _from_score(row)))
    return made


def _from_score(row: Row) -> Votes:
    """Without its votes, a post still has its score."""
    score = row.number_of("Score")
    return Votes(max(0, score), max(0, -score), None)


def body(source: Source) -> Body:
    """Markdown of the last revision where the dump holds it, else the HTML."""
    if source.history:
        return Body(source.history[-1].body, is_html=False)
    return Body(source.row.text("Body"), is_html=True)


def people(session: Session, work: Import, found: list[Source]) -> dict[str, int]:
    """New member ids of everybody who wrote or edited."""
    old = [one.row.id("OwnerUserId") for one in found]
    return known(session, work.site, "user", old + [edit.editor for one in found for edit in one.history])


def post_values(source: Source, rendered: Rendered, *, topic_id: int, kind: PostKind, author_id: int | None) -> dict[str, Any]:
    edited = source.history[-1].at if len(source.history) > 1 else source.row.at("LastEditDate")
    return {
        **_BLANK_POST,
        "topic_id": topic_id,
        "kind": kind,
        "author_id": author_id,
        "body": rendered.markdown,
        "html": rendered.html,
        "created_at": source.created_at,
        "edited_at": edited,
        "revisions": max(1, len(source.history)),
        "helpful": source.votes.up,
        "not_helpful": source.votes.down,
        "imported_helpful": source.votes.up,
        "imported_not_helpful": source.votes.down,
    }


def comment_values(row: Row, rendered: Rendered, *, topic_id: int, parent_id: int, author_id: int | None) -> dict[str, Any]:
    score = max(0, row.number_of("Score"))
    return {
        **_BLANK_POST,
        "topic_id": topic_id,
        "parent_id": parent_id,
        "kind": PostKind.comment,
        "author_id": author_id,
        "body": rendered.markdown,
        "html": rendered.html,
        "created_at": row.at("CreationDate"),
        "helpful": score,
        "imported_helpful": score,
    }


def add_revisions(session: Session, made: list[dict[str, Any]]) -> None:
    if made:
        session.execute(insert(Revision), made)


def revision_values(
    source: Source, rendered: Rendered, post_id: int, author_id: int | None, who: dict[str, int], last: tuple[str, str] | None
) -> list[dict[str, Any]]:
    """Every version of a post. `last` is the final title and tags of a question; the newest version always equals the post."""
    history = source.history or [Version(source.created_at, "", "", "", rendered.markdown, "")]
    made: list[dict[str, Any]] = []
    for number, one in enumerate(history, 1):
        newest = number == len(history)
        title, tags = (one.title, one.tags) if last and not newest else (last or ("", ""))
        made.append(
            {
                "post_id": post_id,
                "number": number,
                "title": title or None,
                "tags": tags if last else None,
                "body": rendered.markdown if newest else one.body,
                "author_id": who.get(one.editor, author_id if number == 1 else None),
                "reason": one.reason if number > 1 else "",
                "at": one.at,
            }
        )
    return made
