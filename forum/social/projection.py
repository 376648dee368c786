"""A thread as it would stand here: posts in order, each with its place, its author and the words the public may read."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from forum.models.social import ExternalAccount, ExternalPost, ExternalPostState, MapRole, ThreadLink
from forum.social.authors import OutsideAuthor, outside_author
from forum.social.threading import Placement, ThreadPost, place, title_for
from forum.social.wording import PublicText, digest, public_text

NO_WORDS = "A picture or video without words."
FIRST_MISSING = "The first post of this conversation is no longer available."


@dataclass(frozen=True, slots=True)
class PlacedPost:
    post: ExternalPost
    account: ExternalAccount
    placement: Placement
    author: OutsideAuthor
    wording: PublicText


@dataclass(frozen=True, slots=True)
class Projection:
    posts: list[PlacedPost]
    digest: str
    title: str
    me_too: int
    first_missing: bool


def project(session: Session, thread: ThreadLink) -> Projection:
    assert thread.id is not None
    rows = _rows(session, thread.id)
    names = {account.handle.lower(): _author(thread, post, account).label for post, account in rows}
    by_id = {post.id: (post, account) for post, account in rows}
    placements = place([_for_threading(post, account) for post, account in rows], thread.root_ext_id)
    posts = [_placed(thread, *by_id[one.post_id], one, names) for one in placements]
    shown = [f"{one.post.id} {one.placement.role} {one.placement.under} {one.wording.text}" for one in posts]
    question = next((one for one in posts if one.placement.role == MapRole.question), None)
    return Projection(
        posts=posts,
        digest=digest(shown),
        title=title_for(question.wording.text) if question and not question.wording.withheld else "",
        me_too=sum(one.placement.role == MapRole.me_too for one in posts),
        first_missing=question is not None and question.post.ext_id != thread.root_ext_id,
    )


def _rows(session: Session, thread_id: int) -> list[tuple[ExternalPost, ExternalAccount]]:
    statement = (
        select(ExternalPost, ExternalAccount)
        .join(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(col(ExternalPost.thread_id) == thread_id)
        .order_by(col(ExternalPost.created_at), col(ExternalPost.id))
    )
    return list(session.execute(statement))


def _for_threading(post: ExternalPost, account: ExternalAccount) -> ThreadPost:
    return ThreadPost(
        id=post.id or 0,
        ext_id=post.ext_id,
        parent_ext_id=post.parent_ext_id,
        account_id=post.account_id,
        kind=account.kind,
        text=post.text,
        created_at=post.created_at,
        gone=post.state != ExternalPostState.live,
    )


def _author(thread: ThreadLink, post: ExternalPost, account: ExternalAccount, *, for_staff: bool = False) -> OutsideAuthor:
    assert thread.id is not None
    return outside_author(
        post.platform,
        account.kind,
        account.handle,
        account.url,
        thread_id=thread.id,
        account_id=post.account_id,
        privacy=account.privacy,
        for_staff=for_staff,
    )


def _placed(
    thread: ThreadLink, post: ExternalPost, account: ExternalAccount, placement: Placement, names: dict[str, str]
) -> PlacedPost:
    wording = public_text(post.text or _pictured(post), post.platform, names)
    return PlacedPost(post, account, placement, _author(thread, post, account, for_staff=True), wording)


def _pictured(post: ExternalPost) -> str:
    """What a post of pictures says to somebody who cannot see them."""
    words = [str(one.get("alt", "")) for one in post.media if isinstance(one, dict) and one.get("alt")]
    return "\n\n".join(words) or NO_WORDS
