"""Posts that somebody copies in by hand, one by one: no network is asked, and nobody reads them again."""

import hashlib
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import Conflict, Invalid
from forum.core.events import emit
from forum.models import ExternalPost, ThreadLink, ThreadOrigin
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.importing import write_batch
from forum.social.inbox.events import ThreadPasted
from forum.social.inbox.inputs import PastePost
from forum.social.reading.events import ThreadArrived, ThreadGrew
from forum.social.sources import SourceAccount, SourcePost, host_of
from forum.social.staging import StagedPost, text_hash

HOST = "pasted"


def paste_post(session: Session, actor: Actor, data: PastePost) -> ThreadLink:
    """Pasting the same again changes nothing and leads to the thread there is."""
    require(actor, Permission.triage)
    at = data.at or clock.now()
    if at.tzinfo is None:
        at = at.replace(tzinfo=clock.now().tzinfo)
    if at > clock.now():
        raise Invalid({"at": "That lies ahead. Write when it was posted."})
    parent = _parent(session, data) if data.reply_to else None
    if parent is not None and parent.platform != data.platform:
        raise Invalid({"reply_to": "That post stands on another network. Choose the same one for both."})
    ext_id = data.url or f"{HOST}:{hashlib.sha256(f'{data.platform}|{data.author}|{data.text}'.encode()).hexdigest()[:32]}"
    thread = _write(session, data, at, ext_id, parent)
    values = {"origin": ThreadOrigin.paste, "consent": "staff_paste", "imported_by_id": actor.id}
    fresh = update(ThreadLink).where(col(ThreadLink.id) == thread.id, col(ThreadLink.channel_id).is_(None))
    session.execute(fresh.values(**values))
    session.refresh(thread)
    emit(session, ThreadPasted(actor.member_id, thread.id))
    emit(session, ThreadGrew(thread.id, 1) if parent is not None else ThreadArrived(thread.id))
    return thread


def _parent(session: Session, data: PastePost) -> ExternalPost:
    statement = select(ExternalPost)
    if data.reply_to.lstrip("#").isdigit():
        thread = session.get(ThreadLink, int(data.reply_to.lstrip("#")))
        root = thread.root_ext_id if thread else ""
        statement = statement.where(col(ExternalPost.thread_id) == (thread.id if thread else 0), col(ExternalPost.ext_id) == root)
    else:
        statement = statement.where((col(ExternalPost.url) == data.reply_to) | (col(ExternalPost.ext_id) == data.reply_to))
    found = session.scalars(statement.limit(1)).first()
    if found is None:
        raise Invalid({"reply_to": "We do not have that post. Paste it first, or leave this empty."})
    return found


def _write(session: Session, data: PastePost, at: datetime, ext_id: str, parent: ExternalPost | None) -> ThreadLink:
    handle = data.author.lstrip("@")
    author = SourceAccount(ext_id=f"{HOST}:{handle.casefold()}"[:300], handle=handle, host=HOST, name=handle)
    known = session.get_one(ThreadLink, parent.thread_id) if parent is not None else None
    root = known.root_ext_id if known is not None else ext_id
    if known is not None and host_of(data.platform, root) != known.host:
        raise Conflict("That thread is read through a channel, which brings its replies by itself.")
    post = SourcePost(
        ext_id=ext_id,
        account=author,
        text=data.text,
        created_at=at,
        line=1,
        parent=parent.ext_id if parent is not None else "",
        url=data.url,
    )
    staged = StagedPost(1, post.parent, root, text_hash(data.text), True, post)
    write_batch(session, data.platform, [staged])
    session.flush()
    statement = (
        select(ThreadLink)
        .join(ExternalPost, col(ExternalPost.thread_id) == col(ThreadLink.id))
        .where(col(ExternalPost.platform) == data.platform, col(ExternalPost.ext_id) == ext_id)
    )
    return session.scalars(statement).one()
