"""Which code speaks to which network."""

from collections.abc import Callable

from forum.models.social import Platform
from forum.social.connectors.base import Access, Connector
from forum.social.connectors.mastodon import Mastodon
from forum.social.connectors.simulated import Simulated

CONNECTORS: dict[Platform, Callable[[Access], Connector]] = {
    Platform.mastodon: Mastodon,
    Platform.simulated: Simulated,
}


def connector_for(platform: Platform, access: Access) -> Connector:
    """Raises KeyError for a platform that is only ever pasted by hand."""
    return CONNECTORS[platform](access)
