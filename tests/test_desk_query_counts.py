"""Pages of the social desk cost the same few statements however much stands on them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from forum.core import clock
from forum.models import (
    AccountKind,
    Archive,
    ArchiveState,
    Channel,
    ChannelGap,
    Contact,
    ContactIdentity,
    ContactMerge,
    ContactProposal,
    Delegation,
    ExternalAccount,
    ExternalPost,
    Incident,
    IncidentReport,
    IncidentState,
    Platform,
    PrivacyKind,
    PrivacyRequest,
    RuleHit,
    RuleKind,
    Share,
    SharePurpose,
    ShareState,
    ThreadCluster,
    ThreadDecision,
    ThreadLink,
    TriageState,
    WatchRule,
)
from tests import make
from tests.test_query_counts import statements

MOST = 10
MORE = {"thread": 16, "contact": 12}
"""Pages about one of a kind say much beside it, each with a statement of its own."""
WHERE: dict[str, Any] = {"platform": Platform.mastodon, "host": "toot.example"}


class BusyDesk:
    """A desk with several of everything; `grow` makes everything more."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.admin = make.admin(session)
        self.helper = make.member(session)
        self.topic = make.topic(session)
        self.channel = self._add(Channel(platform=Platform.simulated, name="Practice", own_ext_id="o", own_handle="northwind"))
        self.cluster = self._add(ThreadCluster(text="the same", first_seen_at=clock.now(), last_seen_at=clock.now()))
        self.contact = self._add(Contact())
        self._add(
            Delegation(
                member_id=self.helper.id,
                channel_id=self.channel.id,
                until=clock.now() + timedelta(days=9),
                granted_by_id=self.admin.id,
            )
        )
        self.thread = self._thread("main")
        self.incident = self._add(Incident(term="hub", title="Hubs are down", note="We look.", state=IncidentState.confirmed))
        self.size = 0

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.commit()
        return row

    def grow(self, count: int) -> None:
        for number in range(self.size, self.size + count):
            self._more(number)
        self.size += count
        self.session.commit()

    def _more(self, number: int) -> None:
        by = make.agent(self.session)
        account = self._reply(number)
        other = self._thread(f"other-{number}", cluster_id=self.cluster.id, assignee_id=by.id)
        linked = self._thread(
            f"linked-{number}",
            state=TriageState.published,
            topic_id=self.topic.id,
            channel_id=self.channel.id,
            decided_by_id=by.id,
        )
        self._replies(number, other, linked, by.id)
        rule = self._add(WatchRule(name=f"Rule {number}", kind=RuleKind.keyword, expression="hub", on_duty_id=by.id))
        incident = self._add(Incident(term=f"t{number}", title=f"Trouble {number}"))
        contact = self._add(Contact())
        gone = self._add(Contact())
        self.session.add_all(
            [
                RuleHit(rule_id=rule.id, thread_id=other.id, why="hub"),
                RuleHit(rule_id=rule.id, thread_id=self.thread.id, why="hub"),
                IncidentReport(incident_id=self.incident.id, thread_id=other.id),
                IncidentReport(incident_id=incident.id, thread_id=self.thread.id),
                ThreadDecision(thread_id=self.thread.id, by_id=by.id, decided="Watch", why="Later."),
                ContactIdentity(contact_id=self.contact.id, external_account_id=account.id),
                ContactIdentity(contact_id=contact.id, member_id=by.id),
                ContactProposal(one_id=self.contact.id, other_id=contact.id, reason="The same name."),
                ContactMerge(kept_id=self.contact.id, gone_id=gone.id, moved=[], by_id=by.id),
                PrivacyRequest(external_account_id=account.id, kind=PrivacyKind.anonymise, said="By mail.", due_at=clock.now()),
                Archive(name=f"{number}.csv", file=f"{number}.csv", form="csv", size=1, state=ArchiveState.done, by_id=by.id),
            ]
        )
        channel = self._add(
            Channel(platform=Platform.simulated, name=f"Channel {number}", own_ext_id=f"o{number}", own_handle="n")
        )
        self.session.add(
            ChannelGap(channel_id=channel.id, stream="mentions", from_at=clock.now(), to_at=clock.now(), reason="Away.")
        )

    def _thread(self, name: str, **values: Any) -> ThreadLink:
        usual = {"url": f"https://toot.example/{name}", "posts": 1, "people": 1, "state": TriageState.new}
        moments = {"first_post_at": clock.now(), "last_post_at": clock.now()}
        made = self._add(ThreadLink(**WHERE, root_ext_id=name, **(usual | moments | values)))
        account = self._add(ExternalAccount(**WHERE, ext_id=f"asker-{name}", handle=f"asker-{name}"))
        self.session.add(self._post(name, made, account))
        return made

    def _post(self, name: str, thread: ThreadLink, account: ExternalAccount, **more: Any) -> ExternalPost:
        words = {"text": f"My hub is red, says {name}", "text_hash": name, "url": f"https://toot.example/{name}"}
        return ExternalPost(
            **WHERE, ext_id=name, thread_id=thread.id, account_id=account.id, created_at=clock.now(), **words, **more
        )

    def _reply(self, number: int) -> ExternalAccount:
        by = make.agent(self.session)
        account = self._add(
            ExternalAccount(
                **WHERE,
                ext_id=f"a{number}",
                handle=f"a{number}",
                kind=AccountKind.press,
                marked_by_id=by.id,
                marked_at=clock.now(),
            )
        )
        media = [{"type": "image", "url": "", "alt": "A red light", "size": [640, 360]}]
        self.session.add(self._post(f"reply-{number}", self.thread, account, parent_ext_id="main", media=media))
        return account

    def _replies(self, number: int, thread: ThreadLink, linked: ThreadLink, by_id: int) -> None:
        common = {"channel_id": self.channel.id, "text": "See our page.", "purpose": SharePurpose.reply}
        stood_by = {"drafted_by_id": by_id, "approved_by_id": by_id, "approved_at": clock.now()}
        for place, state in ((thread, ShareState.draft), (self.thread, ShareState.awaiting), (thread, ShareState.sent)):
            key = f"{number}-{place.id}-{state}"
            self.session.add(Share(**common, **stood_by, thread_id=place.id, state=state, dedup_key=key))
        own = {**common, "purpose": SharePurpose.ask, "drafted_by_id": self.helper.id}
        self.session.add(Share(**own, thread_id=linked.id, state=ShareState.draft, dedup_key=f"{number}-own"))


@pytest.fixture
def desk(session: Session) -> BusyDesk:
    made = BusyDesk(session)
    made.grow(3)
    return made


def test_the_social_desk_costs_the_same_with_three_times_the_rows(app: Any, desk: BusyDesk) -> None:
    pages = {
        **{
            path: f"/desk/{path}"
            for path in ("social", "shares", "contacts", "rules", "incidents", "channels", "archives", "practice")
        },
        "delegation": "/desk/delegation",
        "done": "/desk/social?state=done",
        "thread": f"/desk/social/{desk.thread.id}",
        "contact": f"/desk/contacts/{desk.contact.id}",
        "incident": f"/desk/incidents/{desk.incident.id}",
        "channel": f"/desk/channels/{desk.channel.id}",
        "replies": "/me/replies",
    }

    def measure() -> dict[str, list[str]]:
        return {name: statements(app, desk.helper if name == "replies" else desk.admin, path) for name, path in pages.items()}

    few = measure()
    assert {name: len(seen) for name, seen in few.items() if len(seen) > MORE.get(name, MOST)} == {}
    desk.grow(6)
    many = measure()
    assert {name: many[name] for name in pages if len(many[name]) != len(few[name])} == {}
