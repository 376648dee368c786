"""What each network asks of somebody who connects an account, and what it lets us do, in words for staff."""

from dataclasses import dataclass

from forum.models.social import Platform


@dataclass(frozen=True, slots=True)
class SecretField:
    kind: str
    label: str
    hint: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    platform: Platform
    label: str
    about: str
    server: str = ""
    """Label of the address field; empty where the network has only one server."""
    secrets: tuple[SecretField, ...] = ()
    handle: bool = False
    """Whether the name of our account there is asked for."""
    costs: bool = False


HOOK = SecretField(
    "hook_secret",
    "Secret for messages to us",
    "Optional. Lets the network tell us at once instead of being asked every few minutes.",
    False,
)

KINDS: dict[Platform, Kind] = {
    kind.platform: kind
    for kind in (
        Kind(
            Platform.mastodon,
            "Mastodon",
            "Also GoToSocial, Pixelfed, Akkoma and others that speak its API. Reads threads and mentions, replies, costs nothing.",
            server="Address of your server",
            secrets=(
                SecretField(
                    "access_token",
                    "Access token",
                    "Preferences → Development → New application, with read:statuses read:accounts read:notifications"
                    " read:search write:statuses.",
                ),
                HOOK,
            ),
        ),
        Kind(
            Platform.bluesky,
            "Bluesky",
            "Reads threads and mentions, replies, costs nothing. Use an app password, never the account's own.",
            server="Address of your server (usually https://bsky.social)",
            secrets=(SecretField("app_password", "App password", "Settings → Privacy and security → App passwords."),),
            handle=True,
        ),
        Kind(
            Platform.x,
            "X",
            "With your own approved keys. Reading costs money, so give it a budget. Replies go out only where the author"
            " mentioned you; everything else is sent by hand.",
            secrets=(
                SecretField("bearer_token", "Bearer token", "For reading."),
                SecretField("access_token", "Access token of your account", "For replies. Leave empty to send by hand.", False),
                HOOK,
            ),
            handle=True,
            costs=True,
        ),
        Kind(
            Platform.reddit,
            "Reddit",
            "With your own approved application. Needs the forum's reddit extra.",
            secrets=(
                SecretField("client_id", "Client id"),
                SecretField("client_secret", "Client secret"),
                SecretField("refresh_token", "Refresh token"),
            ),
            handle=True,
        ),
        Kind(
            Platform.discourse,
            "Another forum (Discourse)",
            "Reads public topics. Replies are posted by hand there.",
            server="Address of the forum",
            secrets=(HOOK,),
        ),
        Kind(
            Platform.feed,
            "Feed (Atom or RSS)",
            "Reads what a site publishes. Replies are posted by hand there.",
            server="Address of the feed",
        ),
        Kind(
            Platform.simulated,
            "Practice network",
            "A network of your own, for trying things out. Nothing on it ever leaves this forum.",
            secrets=(HOOK,),
        ),
    )
}


def kind_of(platform: str) -> Kind | None:
    return KINDS.get(Platform(platform)) if platform in set(Platform) else None
