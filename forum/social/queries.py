"""Reading threads from elsewhere: the list to triage, one thread, and what topic pages say of where they came from."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from forum.catalog.queries import list_sections
from forum.core.errors import NotFound
from forum.core.text import hue, initials, plural
from forum.models.accounts import Member
from forum.models.social import (
    AccountKind,
    ExternalAccount,
    ExternalPost,
    ExternalPostState,
    MapRole,
    PostMap,
    ThreadLink,
    TriageState,
)
from forum.models.topics import Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.authors import OutsideAuthor, network_name, outside_author, shown_handle
from forum.social.inbox.turning import OPEN
from forum.social.pictures import media_of
from forum.social.projection import PlacedPost, Projection
from forum.social.views import Origin, PersonView, PostView, ThreadPage
from forum.topics.views import OutsideMedium

ROLE_LABELS = {
    MapRole.question: "Question",
    MapRole.segment: "Question, continued",
    MapRole.answer: "Answer",
    MapRole.comment: "Comment",
    MapRole.me_too: "Has this too",
}


def access_thread(session: Session, actor: Actor, thread_id: int) -> ThreadLink:
    require(actor, Permission.triage)
    thread = session.get(ThreadLink, thread_id)
    if thread is None:
        raise NotFound
    return thread


def first_posts(session: Session, thread_ids: list[int]) -> dict[int, Row[Any]]:
    """The opening words of each thread, in one query."""
    live = col(ExternalPost.state) == ExternalPostState.live
    earliest = (
        select(func.min(col(ExternalPost.id)).label("id"))
        .join(ThreadLink, col(ThreadLink.id) == col(ExternalPost.thread_id))
        .where(col(ThreadLink.id).in_(thread_ids), live, col(ExternalPost.created_at) == col(ThreadLink.first_post_at))
        .group_by(col(ExternalPost.thread_id))
        .subquery()
    )
    statement = (
        select(col(ExternalPost.thread_id), col(ExternalPost.text), col(ExternalAccount.name), col(ExternalAccount.handle))
        .join(earliest, earliest.c.id == col(ExternalPost.id))
        .join(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
    )
    return {row.thread_id: row for row in session.execute(statement)}


def thread_page(session: Session, actor: Actor, thread: ThreadLink, projection: Projection) -> ThreadPage:
    require(actor, Permission.triage)
    topic = session.get(Topic, thread.topic_id) if thread.topic_id else None
    decider = session.get(Member, thread.decided_by_id) if thread.decided_by_id else None
    return ThreadPage(
        id=thread.id or 0,
        url=f"/desk/social/{thread.id}",
        source_url=thread.url if thread.url.startswith(("https://", "http://")) else "",
        platform=thread.platform,
        network=network_name(thread.platform),
        state=thread.state,
        open=thread.state in OPEN,
        title=projection.title,
        digest=projection.digest,
        posts=[_post(one) for one in projection.posts],
        people=_people(projection),
        sections=[(section.slug, section.name) for section in list_sections(session, actor)],
        hidden=sum(one.wording.findings for one in projection.posts),
        outcome=_outcome(projection),
        first_missing=projection.first_missing,
        decided=decider.name if decider else "somebody",
        reason=thread.ignored_reason,
        decided_at=thread.decided_at,
        topic_url=f"/topics/{topic.id}/{topic.slug}" if topic else None,
        topic_title=topic.title if topic else "",
    )


def _post(one: PlacedPost) -> PostView:
    account, post = one.account, one.post
    numbers = [f"{value} {name}" for name, value in post.metrics.items() if isinstance(value, int) and value > 0]
    return PostView(
        id=post.id or 0,
        platform=post.platform,
        network=one.author.network,
        name=account.name or shown_handle(post.platform, account.handle),
        handle=shown_handle(post.platform, account.handle),
        at=post.created_at,
        url=post.url,
        role=ROLE_LABELS[MapRole(one.placement.role)],
        changes=one.wording.changes,
        changed=one.wording.findings > 0,
        withheld=one.wording.withheld,
        reply=one.placement.under is not None,
        suggests_solved=one.placement.suggests_solved,
        metrics=", ".join(numbers[:4]),
        media=media_of(post, for_staff=True),
    )


def _people(projection: Projection) -> list[PersonView]:
    counts: dict[int, int] = {}
    first: dict[int, PlacedPost] = {}
    for one in projection.posts:
        counts[one.post.account_id] = counts.get(one.post.account_id, 0) + 1
        first.setdefault(one.post.account_id, one)
    return [_person(one, counts[account_id]) for account_id, one in first.items()]


def _person(one: PlacedPost, posts: int) -> PersonView:
    account = one.account
    name = account.name or account.handle
    ours = account.kind in (AccountKind.brand, AccountKind.staff)
    return PersonView(
        name=name,
        handle=shown_handle(one.post.platform, account.handle),
        url=one.author.url,
        initials=initials(name),
        hue=hue(account.id or 0),
        shown_as=one.author.label.partition(" (")[0],
        posts=plural(posts, "post"),
        ours=ours,
    )


def _outcome(projection: Projection) -> list[tuple[str, int]]:
    """How many posts go where."""
    counts = {role: sum(one.placement.role == role for one in projection.posts) for role in ROLE_LABELS}
    return [(ROLE_LABELS[role], count) for role, count in counts.items() if count]


def origins(session: Session, topic_ids: Iterable[int]) -> dict[int, list[Origin]]:
    """Threads that topics came from, the first one first."""
    statement = (
        select(ThreadLink, ExternalAccount)
        .outerjoin(
            ExternalPost,
            (col(ExternalPost.thread_id) == col(ThreadLink.id)) & (col(ExternalPost.ext_id) == col(ThreadLink.root_ext_id)),
        )
        .outerjoin(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(col(ThreadLink.topic_id).in_(list(topic_ids)), col(ThreadLink.state) == TriageState.published)
        .order_by(col(ThreadLink.first_post_at), col(ThreadLink.id))
    )
    made: dict[int, list[Origin]] = {}
    for thread, account in session.execute(statement):
        made.setdefault(thread.topic_id or 0, []).append(_origin(thread, account))
    return made


def _origin(thread: ThreadLink, account: ExternalAccount | None) -> Origin:
    label = "somebody"
    if account is not None:
        who = outside_author(
            thread.platform, account.kind, account.handle, account.url,
            thread_id=thread.id or 0, account_id=account.id or 0, privacy=account.privacy,
        )  # fmt: skip
        label = who.label
    return Origin(thread.platform, network_name(thread.platform), thread.url, label, thread.posts, thread.first_post_at)


def outside_posts(
    session: Session, post_ids: Iterable[int], for_staff: bool
) -> dict[int, tuple[OutsideAuthor, list[OutsideMedium]]]:
    """Who wrote the posts that came from elsewhere, and the pictures they show there, by post id."""
    statement = (
        select(col(PostMap.post_id), ExternalPost, ExternalAccount)
        .join(ExternalPost, col(ExternalPost.id) == col(PostMap.external_post_id))
        .join(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(col(PostMap.post_id).in_(list(post_ids)))
        .order_by(col(PostMap.position))
    )
    made: dict[int, tuple[OutsideAuthor, list[OutsideMedium]]] = {}
    for post_id, post, account in session.execute(statement):
        author = outside_author(
            post.platform, account.kind, account.handle, account.url or post.url,
            thread_id=post.thread_id, account_id=post.account_id, privacy=account.privacy, for_staff=for_staff,
        )  # fmt: skip
        made.setdefault(post_id, (author, []))[1].extend(media_of(post))
    return made
