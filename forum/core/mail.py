"""Mail leaves here, from the worker only: through SMTP, or into a folder in development."""

import hashlib
import re
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as default_policy
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote, urlsplit

from forum.core import clock
from forum.core.settings import settings

TIMEOUT_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. `key` names its cause and makes its Message-ID, so that a second try is recognised as the same letter."""

    to: str
    subject: str
    text: str
    key: str
    about: str = ""
    """Names a conversation: mail programs show its letters together, and an answer names it again."""


def message_id(key: str) -> str:
    domain = urlsplit(settings().base_url).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def build(letter: Letter) -> EmailMessage:
    """Raises ValueError when a header would hold a line break."""
    if re.search(r"[\r\n]", letter.to + letter.subject):
        raise ValueError("a mail header cannot hold a line break")
    message = EmailMessage()
    message["From"] = settings().mail_from
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = formatdate(clock.now().timestamp())
    message["Message-ID"] = message_id(letter.key)
    if letter.about:
        message["In-Reply-To"] = message["References"] = message_id(letter.about)
    if letter.about and settings().mail_reply_to:
        message["Reply-To"] = settings().mail_reply_to
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def deliver(letter: Letter) -> None:
    """Hand one letter over; raises OSError or smtplib.SMTPException when it could not."""
    message = build(letter)
    if settings().smtp_url:
        _smtp(message)
    else:
        _to_folder(message)


def _smtp(message: EmailMessage) -> None:
    url = urlsplit(settings().smtp_url)
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with kind(url.hostname or "localhost", url.port or 0, timeout=TIMEOUT_SECONDS) as server:
        if url.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def folder() -> Path:
    return settings().data_dir / "mail"


def _to_folder(message: EmailMessage) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    stamp = clock.now().strftime("%Y%m%dT%H%M%S%f")
    part = folder() / f"{stamp}.part"
    part.write_bytes(message.as_bytes())
    part.rename(folder() / f"{stamp}.eml")


def delivered(limit: int = 50) -> list[EmailMessage]:
    """Newest letters in the folder (development only)."""
    if not folder().is_dir():
        return []
    paths = sorted(folder().glob("*.eml"), reverse=True)[:limit]
    return [_read(path) for path in paths]


def _read(path: Path) -> EmailMessage:
    message = BytesParser(policy=default_policy).parsebytes(path.read_bytes())
    assert isinstance(message, EmailMessage)
    return message
