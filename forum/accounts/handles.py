"""Names and addresses of people: which handles are open to choose, and what an e-mail address looks like."""

import re
import unicodedata

from forum.core.settings import settings
from forum.core.text import slug

HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,38}[A-Za-z0-9_]")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")
_ENDINGS = (
    "com net org info biz app dev xyz top site online shop store link click live club vip zip mov page web website space tech cloud "
    "fun icu pro name email blog news world today life host press support help agency digital media network group mobi asia edu gov"
)
_WEB = re.compile(
    rf"://|\bwww\.|\w\.(?:xn--\w+|[^\W\d_]{{2}}|{_ENDINGS.replace(' ', '|')})(?!\w)|\w\.[^\W\d_]{{2,}}[/:?#]|\d+(?:\.\d+){{3}}",
    re.I,
)
"""What programs that show mail make a link of. The dot of A.B. Smith or St.John is none."""
_KEPT = (
    "admin administrator administration staff team support help helpdesk official moderator moderators mod agent "
    "community forum system root owner security abuse postmaster webmaster noreply no-reply mailer-daemon info contact "
    "settings sign-in sign-out signin signout join login logout register account accounts me you anonymous guest nobody "
    "everyone all here deleted former-member api desk static search questions topics tags members recognition"
)
RESERVED = frozenset(_KEPT.split())


def handle_key(handle: str) -> str:
    return handle.casefold()


def handle_fault(handle: str) -> str:
    """One sentence when nobody may be called that, else ""."""
    if not HANDLE.fullmatch(handle):
        return "Use 2 to 40 letters, digits, dots, hyphens or underscores, beginning with a letter or digit."
    if handle_key(handle) in RESERVED or _plain(handle) == _plain(slug(settings().site_name)):
        return "That handle is kept for the people who run this place. Choose another one."
    return ""


def name_fault(name: str) -> str:
    """One sentence when a name holds a web address: it would stand in letters as a link. Else ""."""
    if _WEB.search(unicodedata.normalize("NFKC", name).replace("\u3002", ".")):
        return "Write a name without a web address. If it is no address, put a space after the dot."
    return ""


def _plain(text: str) -> str:
    return re.sub(r"[._-]", "", text.casefold())


def mail_address(text: str) -> str:
    """The address with its domain in ASCII. Raises ValueError with a sentence."""
    local, _, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    address = f"{local}@{domain}"
    if len(local) > 64 or len(address) > 254 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise ValueError("Write an e-mail address such as name@example.org.")
    return address


def mail_key(address: str) -> str:
    return address.casefold()
