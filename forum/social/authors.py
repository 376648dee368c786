"""How people from elsewhere are called here: brands and public figures by name, private persons by a pseudonym."""

from dataclasses import dataclass

from forum.core.ids import keyed
from forum.models.social import AccountKind, Platform, Privacy

NETWORKS = {
    Platform.mastodon: "Mastodon",
    Platform.bluesky: "Bluesky",
    Platform.x: "X",
    Platform.reddit: "Reddit",
    Platform.discourse: "another forum",
    Platform.feed: "the web",
    Platform.mail: "e-mail",
    Platform.simulated: "the practice network",
    Platform.elsewhere: "another site",
}
OPEN_KINDS = (AccountKind.brand, AccountKind.staff, AccountKind.public_figure, AccountKind.press)


@dataclass(frozen=True, slots=True)
class OutsideAuthor:
    """`url` leads to the account; a private person's is for staff only."""

    label: str
    platform: str
    url: str
    staff: bool = False
    network: str = ""


def network_name(platform: str) -> str:
    return NETWORKS[Platform(platform)]


def pseudonym(thread_id: int, account_id: int) -> str:
    """Stable within a thread, and unknown outside: "Customer 7F3A"."""
    return f"Customer {keyed(f'{thread_id}:{account_id}', 'outside-author')[:4].upper()}"


def outside_author(
    platform: str,
    kind: str,
    handle: str,
    url: str,
    *,
    thread_id: int,
    account_id: int,
    privacy: str = Privacy.usual,
    for_staff: bool = False,
) -> OutsideAuthor:
    """What a page may say of somebody elsewhere."""
    ours = kind in (AccountKind.brand, AccountKind.staff)
    name = pseudonym(thread_id, account_id)
    if privacy == Privacy.show or (privacy == Privacy.usual and kind in OPEN_KINDS):
        return OutsideAuthor(shown_handle(platform, handle), platform, _safe(url), ours, network_name(platform))
    if for_staff:
        return OutsideAuthor(f"{name} ({shown_handle(platform, handle)})", platform, _safe(url), False, network_name(platform))
    return OutsideAuthor(name, platform, "", False, network_name(platform))


def shown_handle(platform: str, handle: str) -> str:
    """Nobody is left behind an account without one: who it belonged to asked to be erased."""
    if not handle:
        return "erased"
    return f"u/{handle}" if platform == Platform.reddit else f"@{handle}"


def _safe(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""
