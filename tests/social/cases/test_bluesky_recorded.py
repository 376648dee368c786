"""What Bluesky's real servers answered to the same story: `make test-bluesky` records it anew."""

import json

from sqlmodel import Session

from forum.models import Platform
from forum.social.channels import secrets
from forum.social.connectors.bluesky_sessions import _kept
from tests.fakes.serving import served
from tests.make import channels
from tests.social import bluesky_story as story


def test_the_story_as_it_was_recorded(session: Session) -> None:
    kept = json.loads(story.RECORDING.read_text())
    recording = story.Recording(kept)
    own = next(one["body"] for one in recording.answers if "createSession" in one["asked"])
    _kept.clear()
    with served({"pds.example": recording.answer, "public.api.bsky.app": recording.answer}):
        values = {"own_ext_id": own["did"], "own_handle": own["handle"]}
        channel = channels.channel(session, Platform.bluesky, base_url="https://pds.example", **values)
        secrets.keep(session, channel.id, "app_password", story.PASSWORD)
        session.commit()
        story.tell(session, channel, recording.act)
    assert not any(recording.left.values()), "nothing is asked less often than it was"
