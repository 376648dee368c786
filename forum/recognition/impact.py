"""People helped: everybody who said it worked or helped, the asker who ticked it, and those with the same
problem when it was solved. A stored counter, changed by events and equal to a recount.
"""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session, col

from forum.models import Acceptance, Member, Post, PostState, Topic
from forum.topics.events import (
    AnswerAccepted,
    AnswerUnaccepted,
    PostConverted,
    PostReturned,
    PostWithdrawn,
    TopicsMerged,
    TopicsUnmerged,
)
from forum.votes.events import AnswerMarked, AnswerUnmarked, MeTooPressed, MeTooTakenBack, VoteCast, VoteTakenBack


def helped_by(session: Session, member_ids: list[int]) -> dict[int, int]:
    """People helped, by author: works + helpful of visible answers, and for accepted ones the asker and the me-toos."""
    return {row.author_id: row.helped for row in session.execute(_select_helped(), {"ids": member_ids})} if member_ids else {}


@cache
def _select_helped() -> Any:
    """Built once, since every vote asks it."""
    solved = func.coalesce(func.sum(1 + col(Topic.me_too)).filter(col(Acceptance.post_id).is_not(None)), 0)
    total = func.coalesce(func.sum(col(Post.works) + col(Post.helpful)), 0) + solved
    return (
        select(col(Post.author_id), total.label("helped"))
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .outerjoin(Acceptance, col(Acceptance.post_id) == col(Post.id))
        .where(
            col(Post.author_id).in_(bindparam("ids", expanding=True)),
            col(Post.kind) == "answer",
            col(Post.state) == PostState.visible,
            (col(Topic.author_id).is_(None)) | (col(Topic.author_id) != col(Post.author_id)),
        )
        .group_by(col(Post.author_id))
    )


AboutAuthor = (
    AnswerAccepted
    | AnswerUnaccepted
    | PostWithdrawn
    | PostReturned
    | PostConverted
    | AnswerMarked
    | AnswerUnmarked
    | VoteCast
    | VoteTakenBack
)


def refresh_author(session: Session, event: AboutAuthor) -> None:
    if event.author_id is not None:
        recount(session, [event.author_id])


def refresh_solvers(session: Session, event: MeTooPressed | MeTooTakenBack) -> None:
    solvers = session.scalars(
        select(col(Post.author_id))
        .join(Acceptance, col(Acceptance.post_id) == col(Post.id))
        .where(col(Post.topic_id) == event.topic_id, col(Post.author_id).is_not(None))
    ).all()
    recount(session, [solver for solver in solvers if solver is not None])


def refresh_merged(session: Session, event: TopicsMerged | TopicsUnmerged) -> None:
    """Everybody who answered either of the two."""
    wrote = select(col(Post.author_id)).where(
        col(Post.topic_id).in_((event.topic_id, event.target_id)), col(Post.kind) == "answer", col(Post.author_id).is_not(None)
    )
    recount(session, [one for one in session.scalars(wrote.distinct()) if one is not None])


def recount(session: Session, member_ids: list[int]) -> None:
    """Set the counters from the rows."""
    if not member_ids:
        return
    session.flush()
    found = helped_by(session, member_ids)
    alike: dict[int, list[int]] = {}
    for member_id in member_ids:
        alike.setdefault(found.get(member_id, 0), []).append(member_id)
    for helped, ids in alike.items():
        session.execute(update(Member).where(col(Member.id).in_(ids)).values(helped=helped))
