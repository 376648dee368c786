"""Which code speaks to which network. Mail has none: what cannot be sent from here is posted by hand."""

from collections.abc import Callable

from forum.models.social import Platform
from forum.social.connectors import reddit_asking
from forum.social.connectors.base import Access, Connector
from forum.social.connectors.bluesky_writing import Bluesky
from forum.social.connectors.discourse import Discourse
from forum.social.connectors.feed import Feed
from forum.social.connectors.mastodon import Mastodon
from forum.social.connectors.reddit import Reddit
from forum.social.connectors.simulated import Simulated
from forum.social.connectors.x import X

CONNECTORS: dict[Platform, Callable[[Access], Connector]] = {
    Platform.mastodon: Mastodon,
    Platform.bluesky: Bluesky,
    Platform.x: X,
    **({Platform.reddit: Reddit} if reddit_asking.INSTALLED else {}),
    Platform.discourse: Discourse,
    Platform.feed: Feed,
    Platform.simulated: Simulated,
}


def connector_for(platform: Platform, access: Access) -> Connector:
    """Raises KeyError for a platform that is only ever pasted by hand."""
    return CONNECTORS[platform](access)
