"""Earlier versions of a post, and the form that edits it."""

import re
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlmodel import Session, col

from forum.models import Member, Post, PostKind, Revision, Topic
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.rows import topic_url
from forum.topics.views import EditPage, HistoryPage, VersionView

MOST_VERSIONS = 50
MOST_WORDS = 2_000
"""Beyond this a text is shown as changed in whole: the comparison grows faster than the text."""
BUDGET = 4_000_000
"""Comparisons of one page, words times words; what lies beyond is shown as changed in whole."""
_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


def history_page(session: Session, actor: Actor, topic: Topic, post: Post) -> HistoryPage:
    require(actor, Permission.post_history, About(topic, post))
    rows = session.execute(
        select(Revision, col(Member.name))
        .outerjoin(Member, col(Member.id) == col(Revision.author_id))
        .where(col(Revision.post_id) == post.id)
        .order_by(col(Revision.number).desc())
        .limit(MOST_VERSIONS)
    ).all()
    versions = []
    left = BUDGET
    for index, (revision, name) in enumerate(rows):
        before: Revision | None = rows[index + 1][0] if index + 1 < len(rows) else None
        left -= _cost(before, revision)
        versions.append(_version(revision, name, before, post, whole=left < 0))
    return HistoryPage(
        post_id=post.id,
        topic_url=topic_url(topic.id, topic.slug),
        topic_title=topic.title,
        kind=post.kind,
        versions=versions,
        may_restore=may(actor, Permission.post_edit, About(topic, post)),
    )


def _cost(before: Revision | None, after: Revision) -> int:
    return len(_TOKENS.findall(before.body)) * len(_TOKENS.findall(after.body)) if before else 0


def _version(revision: Revision, name: str | None, before: Revision | None, post: Post, *, whole: bool) -> VersionView:
    return VersionView(
        number=revision.number,
        by=name or "Former member",
        at=revision.at,
        reason=revision.reason,
        title_parts=differences(before.title or "" if before else revision.title or "", revision.title or ""),
        parts=differences(before.body if before else revision.body, revision.body, whole=whole),
        tags=revision.tags or "",
        current=revision.number == post.revisions,
    )


def differences(before: str, after: str, *, whole: bool = False) -> list[tuple[str, str]]:
    """Word by word: ('same' | 'gone' | 'new', text), joined they give both texts."""
    if before == after:
        return [("same", after)] if after else []
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if whole or len(old) > MOST_WORDS or len(new) > MOST_WORDS:
        return [("gone", before), ("new", after)]
    parts: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("same", "".join(old[a:b])))
            continue
        if b > a:
            parts.append(("gone", "".join(old[a:b])))
        if d > c:
            parts.append(("new", "".join(new[c:d])))
    return parts


def edit_page(session: Session, actor: Actor, topic: Topic, post: Post) -> EditPage:
    require(actor, Permission.post_edit, About(topic, post))
    return form_of(session, topic, post)


def form_of(session: Session, topic: Topic, post: Post, *, suggesting: bool = False) -> EditPage:
    question = post.kind == PostKind.question
    return EditPage(
        post_id=post.id,
        topic_url=topic_url(topic.id, topic.slug),
        topic_title=topic.title,
        kind=post.kind,
        number=post.revisions,
        title=topic.title if question else "",
        body=post.body,
        tags=tags_of(session, post) if question else "",
        suggesting=suggesting,
    )


def tags_of(session: Session, post: Post) -> str:
    """As its newest version has them."""
    newest = select(col(Revision.tags)).where(col(Revision.post_id) == post.id, col(Revision.number) == post.revisions)
    return session.scalar(newest) or ""


def standing_versions(session: Session, post: Post) -> set[int]:
    """The versions that today's text rests on: going back to an earlier one leaves those between behind."""
    rows = select(col(Revision.number), col(Revision.restored)).where(
        col(Revision.post_id) == post.id, col(Revision.restored).is_not(None)
    )
    restored = {row.number: row.restored for row in session.execute(rows)}
    standing: set[int] = set()
    number = post.revisions
    while number >= 1 and number not in standing:
        standing.add(number)
        number = restored.get(number) or number - 1
    return standing
