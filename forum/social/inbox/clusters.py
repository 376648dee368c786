"""Who says the same within seven days: one group of threads, its distinct people, and the same author elsewhere."""

from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.models import AccountKind, ExternalAccount, ExternalPost, ExternalPostState, MapRole, ThreadCluster, ThreadLink
from forum.social.authors import shown_handle
from forum.social.inbox.advice import TOGETHER
from forum.social.inbox.alike import nearest, normal, same
from forum.social.inbox.turning import OPEN
from forum.social.projection import PlacedPost

MOST = 500
"""Threads of the last week that a new one is compared with."""
OURS = (AccountKind.brand, AccountKind.staff)


@dataclass(slots=True)
class Group:
    people: list[str] = field(default_factory=list)
    """Names, whoever said it first in front, nobody twice."""
    twin_id: int | None = None
    moved: list[int] = field(default_factory=list)
    """Other threads whose group this one has just joined or left: how many say the same is another number there now."""


def person(account: ExternalAccount) -> str:
    """Somebody is one person under all names they have claimed."""
    return f"m{account.claimed_by_id}" if account.claimed_by_id else f"a{account.id}"


def place(session: Session, thread: ThreadLink, root: PlacedPost, live: list[PlacedPost]) -> Group:
    group = Group()
    since = clock.now() - TOGETHER
    text = normal(root.post.text)
    others = _others(session, thread, since)
    normals = [(number, normal(post.text)) for number, (_, post, _) in enumerate(others)]
    found = nearest(text, normals)
    mine = person(root.account)
    for number, (other, post, account) in enumerate(others):
        if post.account_id == root.post.account_id or not same(text, normals[number][1]):
            continue
        if person(account) == mine or (other.platform != thread.platform and account.handle.partition("@")[0] == _short(root)):
            group.twin_id = other.id
    if found is not None:
        group.moved = _join(session, thread, others[found][0], text)
    said = {mine: (root.post.created_at, _name(root))} if root.post.created_at >= since else {}
    for one in live:
        if one.placement.role == MapRole.me_too and one.account.kind not in OURS and one.post.created_at >= since:
            said.setdefault(person(one.account), (one.post.created_at, _name(one)))
    if thread.cluster_id is not None:
        for other, post, account in others:
            if other.cluster_id == thread.cluster_id:
                key, when = person(account), (post.created_at, account.name or shown_handle(post.platform, account.handle))
                said[key] = min(said.get(key, when), when)
    group.people = [name for _, name in sorted(said.values())]
    if thread.cluster_id is not None:
        _count(session, thread, len(said))
    return group


def _short(one: PlacedPost) -> str:
    return one.account.handle.partition("@")[0]


def _name(one: PlacedPost) -> str:
    return one.account.name or shown_handle(one.post.platform, one.account.handle)


def _others(session: Session, thread: ThreadLink, since: object) -> list[tuple[ThreadLink, ExternalPost, ExternalAccount]]:
    statement = (
        select(ThreadLink, ExternalPost, ExternalAccount)
        .join(ExternalPost, col(ExternalPost.thread_id) == col(ThreadLink.id))
        .join(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(
            col(ThreadLink.first_post_at) >= since,
            col(ThreadLink.id) != thread.id,
            col(ExternalPost.ext_id) == col(ThreadLink.root_ext_id),
            col(ExternalPost.platform) == col(ThreadLink.platform),
            col(ExternalPost.state) == ExternalPostState.live,
            col(ExternalAccount.kind).not_in(OURS),
        )
        .order_by(col(ThreadLink.first_post_at).desc())
        .limit(MOST)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def _join(session: Session, thread: ThreadLink, other: ThreadLink, text: str) -> list[int]:
    """The threads of the groups that changed."""
    before = thread.cluster_id
    if other.cluster_id is not None and other.cluster_id == before:
        return []
    if other.cluster_id is None:
        cluster = ThreadCluster(
            text=text[:300],
            first_seen_at=min(thread.first_post_at, other.first_post_at),
            last_seen_at=max(thread.last_post_at, other.last_post_at),
        )
        session.add(cluster)
        session.flush()
        other.cluster_id = cluster.id
    made = update(ThreadLink).where(col(ThreadLink.id).in_([thread.id, other.id])).values(cluster_id=other.cluster_id)
    session.execute(made)
    session.refresh(thread)
    touched = [one for one in (before, thread.cluster_id) if one is not None]
    rest = select(col(ThreadLink.id)).where(
        col(ThreadLink.cluster_id).in_(touched), col(ThreadLink.id) != thread.id, col(ThreadLink.state).in_(OPEN)
    )
    return list(session.scalars(rest.order_by(col(ThreadLink.id))))


def _count(session: Session, thread: ThreadLink, people: int) -> None:
    cluster = session.get_one(ThreadCluster, thread.cluster_id)
    cluster.people = people
    cluster.posts = session.scalars(
        select(func.count()).select_from(ThreadLink).where(col(ThreadLink.cluster_id) == thread.cluster_id)
    ).one()
    cluster.last_seen_at = max(cluster.last_seen_at, thread.last_post_at)
    session.add(cluster)
