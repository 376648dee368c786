"""What is going on right now on the practice network: said there, read by our account, and partly decided.

It comes after the play, in transactions of its own as reading does. Each step may be repeated, and the decisions at
the end are one step, so an interrupted run is finished by the next one.
"""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from forum import wiring
from forum.core import clock
from forum.core.db import transaction
from forum.demo.content import Thread, community
from forum.demo.timeline import moment_of
from forum.models import Channel, Job, Member, Platform, RuleKind, Severity, Share, ThreadLink, WatchRule
from forum.policy.actor import Actor, actor_of
from forum.social.channels import actions as channels
from forum.social.channels.inputs import ConnectChannel
from forum.social.inbox.actions import watch_thread
from forum.social.inbox.inputs import WatchThread
from forum.social.sharing import actions as sharing
from forum.social.sharing.delegation import Grant, grant
from forum.social.sharing.inputs import SaveShare, WriteReply
from forum.social.simulated.network import OWN, Network
from forum.social.watching.actions import make_rule
from forum.social.watching.inputs import SaveRule

CONNECTS, DECIDES = "aoife", "marta"
HELPS = "priya"
"""A volunteer who replies there for us, with a second reader."""
OWN_HANDLE = "northwind"
WORK = ("social.check_channel", "social.read_thread", "social.propose_contacts", "social.weigh", "social.send")
RULE = SaveRule(
    name="Our name, without calling us",
    kind=RuleKind.keyword,
    expression="northwind",
    exclude="@northwind",
    zone="Europe/London",
    severity=Severity.low,
)


def perform() -> bool:
    """False when it has been there all along."""
    if _decided():
        return False
    _say(late=False)
    channel_id, rule_id = _set_up()
    _work()
    wiring.JOBS["social.poll"](channel_id=channel_id)
    wiring.JOBS["social.search_rule"](rule_id=rule_id, channel_id=channel_id)
    _work()
    _say(late=True)
    _read_again()
    wiring.JOBS["incidents.look"]()
    _decide()
    _work()
    return True


def _decided() -> bool:
    with transaction(writes=False) as session:
        ours = select(Share.id).join(ThreadLink).where(ThreadLink.platform == Platform.simulated)
        return session.exec(ours.limit(1)).first() is not None


def _say(*, late: bool) -> None:
    """Each under a key of its own, so that the network knows it again."""
    network = Network()
    network.join(OWN_HANDLE, "Northwind Home", kind="brand", account_id=OWN)
    for thread in community().practice:
        start = moment_of(clock.now(), thread.ago)
        said: list[int] = []
        for number, words in enumerate(thread.posts):
            if words.late and not late:
                break
            account = network.join(words.who, words.name, followers=words.followers)
            parent = said[words.to] if said else None
            moment = start + timedelta(minutes=words.after)
            said.append(network.write(account, words.text, parent=parent, at=moment, sent_key=f"demo {thread.key} {number}"))


def _set_up() -> tuple[int, int]:
    """Our account there and the rule by which it listens, made once."""
    with transaction() as session:
        channel = session.exec(select(Channel).where(Channel.platform == Platform.simulated)).first()
        if channel is None:
            data = ConnectChannel(platform=Platform.simulated, name="Practice network", handle=OWN_HANDLE)
            channel = channels.connect(session, _actor(session, CONNECTS), data)
        rule = session.exec(select(WatchRule).order_by(col(WatchRule.id))).first()
        if rule is None:
            rule = make_rule(session, _actor(session, CONNECTS), RULE)
        return channel.id, rule.id


def _actor(session: Session, handle: str) -> Actor:
    return actor_of(session.exec(select(Member).where(Member.handle == handle)).one())


def _work() -> None:
    """What the worker would do next, done now. A job that was cut off stands there still."""
    while (job := _next()) is not None:
        wiring.JOBS[job.name](**job.payload)
        with transaction() as session:
            session.execute(delete(Job).where(col(Job.id) == job.id))


def _next() -> Job | None:
    """Its key is free at once, as with the worker, so that it may ask for itself again."""
    with transaction() as session:
        job = session.exec(select(Job).where(col(Job.name).in_(WORK)).order_by(col(Job.id)).limit(1)).first()
        if job is not None:
            job.dedup_key = None
        return job


def _read_again() -> None:
    """What was written since; then each thread is weighed, now that all are there who may have the same."""
    with transaction(writes=False) as session:
        threads = session.exec(select(ThreadLink.id, ThreadLink.channel_id).order_by(col(ThreadLink.id))).all()
    for thread_id, channel_id in threads:
        if channel_id is not None:
            wiring.JOBS["social.read_thread"](thread_id=thread_id, trigger="clock")
    _work()
    for thread_id, _ in threads:
        wiring.JOBS["social.weigh"](thread_id=thread_id)


def _decide() -> None:
    with transaction() as session:
        actor = _actor(session, DECIDES)
        channel = session.exec(select(Channel).where(Channel.platform == Platform.simulated)).one()
        grant(session, _actor(session, CONNECTS), Grant(handle=HELPS, channel=channel.id, level="approval", days=90))
        for told in community().practice:
            if told.reply is None and told.watch is None:
                continue
            thread = session.exec(_begun_with(told)).one()
            if told.watch is not None:
                until = clock.now().date() + timedelta(days=told.watch.days)
                watch_thread(session, actor, thread, WatchThread(until=until, why=told.watch.why))
            if told.reply is not None:
                share = sharing.write_reply(session, actor, thread, WriteReply(**told.reply.model_dump()))
                sharing.save(session, actor, share, thread, SaveShare(text=told.reply.text, act="approve", anyway=True))


def _begun_with(told: Thread) -> SelectOfScalar[ThreadLink]:
    root = Network().sent(f"demo {told.key} 0")
    assert root is not None
    return select(ThreadLink).where(ThreadLink.platform == Platform.simulated, ThreadLink.root_ext_id == root.url)
