"""What earlier imports left in the database: roots of known threads, and posts that were deleted since."""

from collections.abc import Iterable

from sqlalchemy import delete
from sqlmodel import Session, col, select, update

from forum.core.db import transaction
from forum.models.social import ExternalPost, ExternalPostRevision, ExternalPostState, Platform, ThreadLink
from forum.social.pictures import erase_pictures
from forum.social.sources import NATIVE, host_of


def bury(session: Session, platform: Platform, gone: list[str]) -> None:
    """What was deleted where it stood loses its words here too; the row stays so that it does not come back as new."""
    for ext_id in gone:
        key = (ExternalPost.platform == platform, ExternalPost.host == host_of(platform, ext_id), ExternalPost.ext_id == ext_id)
        post_id = session.exec(select(ExternalPost.id).where(*key)).first()
        if post_id is None:
            continue
        empty = update(ExternalPost).where(col(ExternalPost.id) == post_id)
        session.execute(empty.values(state=ExternalPostState.gone, text="", text_hash="", media=[], metrics={}))
        session.execute(delete(ExternalPostRevision).where(col(ExternalPostRevision.post_id) == post_id))
        erase_pictures(post_id)


def stored_roots(platform: Platform, ext_ids: list[str]) -> dict[str, str]:
    """Roots of threads that hold these posts already."""
    made: dict[str, str] = {}
    with transaction(writes=False) as session:
        for host, some in by_host(platform, ext_ids).items():
            statement = (
                select(ExternalPost.ext_id, ThreadLink.root_ext_id)
                .join(ThreadLink, col(ThreadLink.id) == ExternalPost.thread_id)
                .where(ExternalPost.platform == platform, ExternalPost.host == host, col(ExternalPost.ext_id).in_(some))
            )
            made.update(dict(session.exec(statement).all()))
            for native in (one for one in some if one.startswith(NATIVE)):
                for root in _by_native(session, host, native.rpartition("/")[2]):
                    made[native] = root
    return made


def _by_native(session: Session, host: str, number: str) -> list[str]:
    """Posts of that very server end their address with the id that its replies use."""
    ending = col(ExternalPost.ext_id).endswith(f"/{number}", autoescape=True)
    statement = (
        select(ThreadLink.root_ext_id)
        .join(ExternalPost, col(ThreadLink.id) == ExternalPost.thread_id)
        .where(ExternalPost.platform == Platform.mastodon, ExternalPost.host == host, ending)
    )
    return list(session.exec(statement.limit(1)))


def by_host(platform: Platform, ext_ids: Iterable[str]) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for ext_id in dict.fromkeys(ext_ids):
        made.setdefault(host_of(platform, ext_id), []).append(ext_id)
    return made
