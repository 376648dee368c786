"""Threads from other networks, and outcomes carried back to them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import select

from forum.core import clock
from forum.core.settings import settings
from forum.demo.content import Community, Outcome, Subject, Thread, Words
from forum.demo.crowd import question_of
from forum.demo.people import Stage
from forum.demo.timeline import moment_of
from forum.models import OfficialMark, Platform, Share, ThreadLink
from forum.resolutions.actions import write_resolution
from forum.resolutions.credits import possible_credits
from forum.resolutions.inputs import WriteResolution
from forum.social.actions import publish_thread
from forum.social.importing import take_in
from forum.social.inbox.actions import attach_thread
from forum.social.inbox.inputs import AttachThread
from forum.social.inputs import PublishThread
from forum.social.projection import project
from forum.social.sharing import actions as sharing
from forum.social.sharing.inputs import Receipt
from forum.social.sources import SourceAccount, SourcePost

STAFF = "aoife"
HOSTS = {Platform.mastodon: "social.example", Platform.x: "x.com", Platform.bluesky: "bsky.app", Platform.reddit: "reddit.com"}


def bring_in(community: Community, end: datetime) -> None:
    """Before everything else, in transactions of its own; doing it again changes nothing."""
    for thread in community.threads:
        start = moment_of(end, thread.ago)
        clock.use(lambda start=start: start + timedelta(minutes=2))  # type: ignore[misc]
        take_in(_posts(thread, start), thread.platform, f"demo {thread.key}", dry_run=False)
    clock.use(None)


def _posts(thread: Thread, start: datetime) -> Iterator[SourcePost]:
    for number, words in enumerate(thread.posts):
        yield SourcePost(
            ext_id=_address(thread, number),
            account=_account(thread.platform, words),
            text=words.text,
            created_at=start + timedelta(minutes=words.after),
            line=number + 1,
            parent=_address(thread, words.to) if number else "",
            url=f"https://{thread.platform.value}.example/{words.who}/{thread.key}-{number}",
            language="en",
            metrics={"replies": len(thread.posts) - 1} if number == 0 else {},
        )


def _address(thread: Thread, number: int) -> str:
    """How the network would name that post."""
    if thread.platform == Platform.mastodon:
        return f"https://social.example/posts/{thread.key}-{number}"
    if thread.platform == Platform.bluesky:
        return f"at://did:example:{thread.key}/app.bsky.feed.post/{number}"
    return f"{thread.key}-{number}"


def _account(platform: Platform, words: Words) -> SourceAccount:
    handle = f"{words.who}@social.example" if platform == Platform.mastodon else words.who
    url = f"https://{platform.value}.example/{words.who}"
    return SourceAccount(ext_id=url, handle=handle, host=HOSTS[platform], name=words.name, url=url, kind=words.kind)


def find_threads(stage: Stage) -> None:
    for thread in stage.community.threads:
        root = select(ThreadLink).where(ThreadLink.platform == thread.platform, ThreadLink.root_ext_id == _address(thread, 0))
        stage.threads[thread.key] = stage.session.exec(root).one()


def plan_publishing(stage: Stage, subject: Subject, name: str) -> None:
    thread = next(one for one in stage.community.threads if one.key == subject.published_from)
    moment = moment_of(stage.timeline.end, thread.ago) + timedelta(minutes=9)
    stage.timeline.at(moment, _publish, stage, subject, name)


def _publish(stage: Stage, subject: Subject, name: str) -> None:
    thread = stage.threads[subject.published_from]
    digest = project(stage.session, thread).digest
    data = PublishThread(title=subject.title, section=subject.section, digest=digest)
    stage.topics[name] = publish_thread(stage.session, stage.actors[STAFF], thread, data)
    stage.posts[name, 0] = question_of(stage, stage.topics[name])


def link(stage: Stage, key: str, name: str) -> None:
    """Its author asked there first and here as well, so the thread joins the topic."""
    thread, topic = stage.threads[key], stage.topics[name]
    data = AttachThread(topic=str(topic.id), digest=project(stage.session, thread).digest)
    attach_thread(stage.session, stage.actors[STAFF], thread, data)


def plan_outcomes(stage: Stage) -> None:
    started = {one.key: moment_of(stage.timeline.end, one.ago) for one in stage.community.topics if one.key and one.ago}
    for outcome in stage.community.outcomes:
        moment = started[outcome.topic] + timedelta(minutes=outcome.after)
        stage.timeline.at(moment, _resolve, stage, outcome)
        if outcome.receipt:
            stage.timeline.at(moment + timedelta(minutes=25), _send, stage, outcome)


def _resolve(stage: Stage, outcome: Outcome) -> None:
    topic = stage.topics[outcome.topic]
    mark = stage.session.get(OfficialMark, topic.id)
    data = WriteResolution(
        question=outcome.question,
        answer=outcome.answer,
        body=outcome.body,
        scope=outcome.scope,
        review_by=mark.review_by if mark else None,
        credit=[one.member_id for one in possible_credits(stage.session, topic.id)],
        act="publish",
    )
    write_resolution(stage.session, stage.actors[outcome.by], topic, data)


def _send(stage: Stage, outcome: Outcome) -> None:
    thread = next(one for one in stage.threads.values() if one.topic_id == stage.topics[outcome.topic].id)
    share = stage.session.exec(select(Share).where(Share.thread_id == thread.id)).one()
    receipt = Receipt(receipt_url=outcome.receipt or settings().base_url)
    sharing.record_receipt(stage.session, stage.actors[outcome.by], share, thread, receipt)
