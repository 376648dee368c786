"""What members look after: a flag, a suggested edit, and the guide to answering read to its end."""

from datetime import timedelta

from forum.demo.content import Flagged, Suggested
from forum.demo.people import Stage
from forum.recognition import guide
from forum.topics.inputs import EditPost
from forum.topics.reviews.flags import raise_flag
from forum.topics.reviews.inputs import RaiseFlag
from forum.topics.suggesting import suggest_edit


def plan(stage: Stage) -> None:
    """In the last day, so that it still waits for somebody."""
    at, end = stage.timeline.at, stage.timeline.end
    for number, handle in enumerate(stage.community.guides):
        at(end - timedelta(hours=20 - number), _finish_guide, stage, handle)
    for flagged in stage.community.flags:
        at(end - timedelta(hours=7), _flag, stage, flagged)
    for suggested in stage.community.edits:
        at(end - timedelta(hours=3), _suggest, stage, suggested)


def _finish_guide(stage: Stage, handle: str) -> None:
    best = {one.name: one.best for one in guide.QUESTIONS}
    guide.finish(stage.session, stage.actors[handle], guide.CheckGuide.model_validate(best))


def _flag(stage: Stage, flagged: Flagged) -> None:
    post = stage.posts[flagged.topic, flagged.answer]
    data = RaiseFlag(reason=flagged.reason, text=flagged.text)
    raise_flag(stage.session, stage.actors[flagged.by], stage.topics[flagged.topic], post, data)


def _suggest(stage: Stage, suggested: Suggested) -> None:
    post = stage.posts[suggested.topic, suggested.answer]
    data = EditPost(body=post.body.replace(suggested.find, suggested.put, 1), reason=suggested.reason, number=post.revisions)
    suggest_edit(stage.session, stage.actors[suggested.by], stage.topics[suggested.topic], post, data)
