"""Pictures people upload: decoded, checked, re-encoded without metadata. The only file that imports Pillow."""

import io
from dataclasses import dataclass
from threading import BoundedSemaphore

from PIL import Image, ImageDraw, ImageFont, ImageOps

from forum.core.errors import Invalid, TooLarge

Font = ImageFont.ImageFont | ImageFont.FreeTypeFont
MAX_BYTES = 10_000_000
MAX_PIXELS = 24_000_000
MAX_SIDE = 1_920
THUMBNAIL_SIDE = 640
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
TOO_MANY_PIXELS = "That picture has more than 24 million pixels. Save it smaller and try again."
EXTENSION = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


_one_at_a_time = BoundedSemaphore(1)
"""A decoded picture takes a hundred megabytes; several at once would take the machine."""


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    extension: str
    width: int
    height: int


def reencode(raw: bytes) -> Picture:
    """A clean copy, at most 1,920 px a side. Raises Invalid or TooLarge with a sentence for the sender."""
    if len(raw) > MAX_BYTES:
        raise TooLarge("That picture is over 10 MB. Save it smaller and try again.")
    return _redrawn(raw, MAX_SIDE)


def thumbnail(raw: bytes) -> Picture:
    """A small WebP of somebody else's picture. Raises as `reencode` does."""
    return _redrawn(raw, THUMBNAIL_SIDE, "WEBP")


def _redrawn(raw: bytes, side: int, kind: str = "") -> Picture:
    """`kind`: what it becomes; else it stays what it is."""
    try:
        with _one_at_a_time, Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise TooLarge(TOO_MANY_PIXELS)
            opened.draft("RGB", (side, side))
            return _encode(opened, kind or ("PNG" if opened.format == "GIF" else str(opened.format)), side)
    except (TooLarge, Invalid):
        raise
    except Image.DecompressionBombError:
        raise TooLarge(TOO_MANY_PIXELS) from None
    except Exception:  # a broken picture, or one made to break: Pillow has a dozen ways to say so
        raise Invalid({"file": "We cannot read that picture. PNG, JPEG, WebP and GIF work."}) from None


CARD = (1_200, 630)
CARD_INK, CARD_PAPER, CARD_QUIET = "#12181d", "#faf3df", "#4a545c"


def text_card(title: str, lines: list[str], foot: str) -> bytes:
    """A PNG of the size that networks show beside a link; lines are wrapped, nothing is cut."""
    picture = Image.new("RGB", CARD, CARD_PAPER)
    draw = ImageDraw.Draw(picture)
    y = 90
    for words, size, ink in ((title, 64, CARD_INK), *((line, 40, CARD_INK) for line in lines)):
        font = ImageFont.load_default(size)
        for line in _wrapped(draw, words, font, CARD[0] - 160):
            draw.text((80, y), line, font=font, fill=ink)
            y += round(size * 1.35)
        y += 30
    draw.text((80, CARD[1] - 80), foot, font=ImageFont.load_default(26), fill=CARD_QUIET)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _wrapped(draw: ImageDraw.ImageDraw, words: str, font: Font, width: int) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font=font) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _encode(opened: Image.Image, kind: str, side: int) -> Picture:
    picture = ImageOps.exif_transpose(opened)
    transparent = kind != "JPEG" and (picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info)
    if picture.mode == "P":
        picture = picture.convert("RGBA" if transparent else "RGB")
    picture.thumbnail((side, side))
    picture = picture.convert("RGBA" if transparent else "RGB")
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    if kind == "PNG":
        bare.save(out, "PNG", optimize=True)
    else:
        bare.save(out, kind, quality=85)
    return Picture(out.getvalue(), EXTENSION[kind], bare.width, bare.height)
