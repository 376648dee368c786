"""Pictures in posts."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock, images, storage
from forum.core.errors import NotFound, TooMany
from forum.core.ids import public_id
from forum.models import Image
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission

AN_HOUR = 20
A_DAY_BYTES = 100_000_000
TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


def check_upload(session: Session, actor: Actor) -> None:
    require(actor, Permission.image_upload)
    moment = clock.now()
    mine = select(func.count(), func.coalesce(func.sum(Image.bytes), 0)).where(col(Image.member_id) == actor.id)
    hourly = session.execute(mine.where(col(Image.at) > moment - timedelta(hours=1))).one()[0]
    daily = session.execute(mine.where(col(Image.at) > moment - timedelta(days=1))).one()[1]
    if hourly >= AN_HOUR or daily >= A_DAY_BYTES:
        raise TooMany("That is a lot of pictures for one hour. Post with the ones you have, and add more later.", 3600)


def add_picture(session: Session, actor: Actor, picture: images.Picture) -> Image:
    """Takes a picture that `images.reencode` has cleaned. The file is written before the row commits."""
    require(actor, Permission.image_upload)
    row = Image(
        id=public_id(),
        extension=picture.extension,
        member_id=actor.id,
        width=picture.width,
        height=picture.height,
        bytes=len(picture.data),
    )
    storage.put(f"{row.id}.{row.extension}", picture.data)
    session.add(row)
    return row


def read_picture(name: str) -> tuple[bytes, str]:
    """Bytes and media type of `id.extension`."""
    stem, _, extension = name.partition(".")
    if extension not in TYPES or len(stem) != 20 or not all(c in "0123456789abcdef" for c in stem):
        raise NotFound
    return storage.get(name), TYPES[extension]
