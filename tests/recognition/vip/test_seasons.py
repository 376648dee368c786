"""Seasons: who gets a place and why, in numbers anybody can check; leaving gently; saying that something is wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, SQLModel, select

from forum.core import clock
from forum.models import (
    Basis,
    LedgerKind,
    Member,
    RecognitionChoices,
    RepEvent,
    Tier,
    VipNomination,
    VipPlace,
    VipSeason,
    VipSnapshot,
)
from forum.policy.actor import actor_of
from forum.recognition.actions import subject_of
from forum.recognition.vip import criteria, seasons
from forum.recognition.vip.criteria import FIRST, Measured, Rules
from tests import make
from tests.fakes.client import fresh, words

EVALUATED = datetime(2026, 11, 1, 9, tzinfo=UTC)
FIRST_DAY = datetime(2025, 11, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def first_of_november(session):
    clock.use(lambda: EVALUATED)


def solved(
    session: Session,
    member: Member,
    count: int,
    *,
    months: int,
    askers: int | None = None,
    start=FIRST_DAY,
    kind=LedgerKind.solution_accepted,
):
    """Lines of the ledger, spread over months and people."""
    session.commit()
    asked = [make.member(session) for _ in range(askers or count)]
    subject = subject_of(session, member.id)
    for number in range(count):
        topic = make.topic(session, asked[number % len(asked)], title=f"A question that was solved once, number {number}")
        moment = start + timedelta(days=30 * (number % months), minutes=number)
        row = RepEvent(
            idem_key=f"{kind}:{member.id}:{topic.id}:{number}",
            subject=subject,
            kind=kind,
            points=25,
            occurred_at=moment,
            earn_day=moment.date(),
            topic_id=topic.id,
            cause_type="topic",
            cause_id=topic.id,
            rule_version=2,
        )
        session.add(row)
    session.commit()


def decide(session: Session, *, publish: bool = True) -> VipSeason:
    session.commit()
    staff = actor_of(make.agent(session))
    season = seasons.prepare(session, staff)
    if publish:
        seasons.publish(session, staff, season)
    session.commit()
    return season


def places(session: Session) -> dict[int, tuple[str, str]]:
    session.rollback()
    season = seasons.current_season(session)
    rows = session.exec(select(VipPlace).where(VipPlace.season_id == (season.id if season else 0))).all()
    return {row.member_id: (row.tier, row.basis) for row in rows}


@pytest.mark.parametrize(
    ("count", "askers", "months", "expected"),
    [(4, 4, 3, False), (5, 3, 3, False), (5, 4, 2, False), (5, 4, 3, True)],
    ids=["too few", "too few people", "too few months", "just enough"],
)
def test_rising_just_below_and_just_at(session, count, askers, months, expected):
    member = make.member(session)
    solved(session, member, count, askers=askers, months=months)
    decide(session)
    assert (member.id in places(session)) is expected


def test_the_tiers_by_the_numbers():
    rules = Rules(1)
    base = {"solutions": 25, "askers": 20, "months": 6, "share": 50}
    assert criteria.tier_of(rules, Measured(**base)) == Tier.vip
    assert criteria.tier_of(rules, Measured(**{**base, "share": 49})) == Tier.rising
    assert criteria.tier_of(rules, Measured(**{**base, "standing": 0})) is None
    assert criteria.tier_of(rules, Measured(articles=5, article_share=70)) == Tier.vip
    assert criteria.tier_of(rules, Measured(reviews=200)) == Tier.vip
    assert criteria.tier_of(rules, Measured(seasons=2, nominations=2)) == Tier.fellow
    assert criteria.tier_of(rules, Measured(seasons=2, nominations=1)) is None
    assert criteria.tier_of(rules, Measured(solutions=100, askers=80, months=9, nominations=2)) == Tier.fellow


def test_at_most_half_comes_from_staff_and_a_mark_never_costs():
    assert [criteria.with_staff(4, staff) for staff in range(7)] == [4, 5, 6, 7, 8, 8, 8]
    assert criteria.with_staff(0, 100) == 0
    assert criteria.wilson(0, 0) == 0
    assert criteria.wilson(9, 9) == 70
    assert criteria.wilson(8, 8) < 70


def test_a_reversed_line_and_one_of_another_year_count_nothing(session):
    member = make.member(session)
    solved(session, member, 5, months=3)
    solved(session, member, 3, months=3, start=datetime(2025, 1, 3, tzinfo=UTC), kind=LedgerKind.solution_credited)
    line = session.exec(select(RepEvent)).first()
    session.add(
        RepEvent(
            idem_key="reversal:1", subject=line.subject, kind=LedgerKind.reversal, points=0, occurred_at=EVALUATED,
            earn_day=line.earn_day, cause_type="topic", cause_id=1, reverses_id=line.id, rule_version=2,
        )
    )  # fmt: skip
    session.commit()
    decide(session)
    assert places(session) == {}


def test_staff_the_suspended_and_who_opted_out_have_no_row(session):
    people = [make.member(session), make.agent(session), make.member(session)]
    for member in people:
        solved(session, member, 6, months=4)
    session.add(RecognitionChoices(member_id=people[0].id, vip=False))
    people[2].suspended_until = EVALUATED + timedelta(days=3)
    session.commit()
    decide(session)
    season = session.exec(select(VipSeason)).one()
    tables = [
        table for table in SQLModel.metadata.sorted_tables if table.name.startswith("vip_") and "member_id" in table.columns
    ]
    assert len(tables) >= 5
    assert [row for table in tables for row in session.execute(table.select())] == []
    assert season.published_at is not None


def test_what_was_counted_is_kept_with_its_version(session, client):
    member = make.member(session)
    solved(session, member, 5, months=3)
    season = decide(session)
    rows = session.exec(select(VipSnapshot).where(VipSnapshot.member_id == member.id, VipSnapshot.tier == "rising")).all()
    kept = {row.criterion: (row.value, row.needed, row.rule_version) for row in rows}
    assert kept == {"solutions": (5, 5, 1), "askers": (5, 4, 1), "months": (3, 3, 1), "standing": (1, 1, 1)}
    client.sign_in(member)
    page = words(client.get("/me/vip"))
    assert f"Rising, season {season.name}" in page
    assert "You met the published criteria." in page
    assert f"What was counted for {season.name}" in page
    assert "Questions solved Answers that the asker marked" in page
    assert "20 to go" in page  # of the 25 that VIP asks for
    assert f'href="/members/{member.handle}/reputation?kind=solution.accepted"' in client.get("/me/vip").text
    assert "You are Rising in the season 2026–27" in words(client.get("/notifications"))


def test_a_preview_is_for_staff_and_can_be_counted_again(session, client):
    member = make.member(session)
    solved(session, member, 5, months=3)
    decide(session, publish=False)
    decide(session, publish=False)
    client.sign_in(member)
    assert "No season has been decided yet" in words(client.get("/me/vip"))
    client.sign_in(make.agent(session))
    page = words(client.get("/desk/season"))
    assert "A preview" in page and member.name in page
    assert len(session.exec(select(VipPlace)).all()) == 1


def test_first_time_everything_says_what_it_is(session, client):
    member = make.member(session)
    client.sign_in(member)
    page = words(client.get("/me/vip"))
    assert "The first one is decided on 1 November 2027" in page
    assert "Invitations are for people in the programme" in words(client.get("/perks"))
    client.sign_in(make.agent(session))
    for path, sentence in (
        ("/desk/perks", "Nothing is offered yet"),
        ("/desk/season", "The first season"),
        ("/desk/appeals", "No appeals"),
        ("/desk/nominations", "No nominations yet"),
    ):
        assert sentence in words(client.get(path))


def test_leaving_is_gentle_grace_then_alumni_for_life(session):
    member, riser = make.member(session), make.member(session)
    first = make.season(session)
    first.starts_on = EVALUATED.date() - timedelta(days=365)
    session.add(VipPlace(season_id=first.id, member_id=member.id, tier=Tier.vip, basis=Basis.criteria))
    session.add(VipPlace(season_id=first.id, member_id=riser.id, tier=Tier.rising, basis=Basis.criteria))
    session.commit()
    decide(session)
    assert places(session) == {member.id: (Tier.vip, Basis.grace)}
    for year in (2027, 2028):
        clock.use(lambda year=year: datetime(year, 11, 2, tzinfo=UTC))
        decide(session)
        assert places(session) == {member.id: (Tier.alumni, Basis.alumni)}


def test_staff_nominate_at_most_a_fifth_and_say_why(session, client):
    for _ in range(4):
        solved(session, make.member(session), 5, months=3)
    nominated = [make.member(session), make.member(session)]
    client.sign_in(make.agent(session))
    for member in nominated:
        sentence = {"handle": member.handle, "sentence": "Writes the guides that everybody links."}
        assert client.post("/desk/nominations", sentence).status_code == 303
    decide(session)
    assert places(session)[nominated[0].id] == (Tier.vip, Basis.nominated)
    assert nominated[1].id not in places(session)
    client.sign_in(nominated[0])
    page = words(client.get("/me/vip"))
    assert "Staff nominated you, and this is why: “Writes the guides that everybody links.”" in page


def test_peers_nominate_comment_and_never_themselves(session, client):
    peer, other, chosen, riser = (make.vip(session, tier=tier) for tier in (Tier.vip, Tier.fellow, Tier.rising, Tier.rising))
    sentence = {"sentence": "Stays until it works, however long."}
    for voter in (peer, other):
        client.sign_in(voter)
        own = client.post("/nominations", {"handle": voter.handle, **sentence})
        assert own.status_code == 422 and "You cannot nominate yourself" in words(own)
        assert client.post("/nominations", {"handle": chosen.handle, **sentence}).status_code == 303
        assert client.post("/nominations", {"handle": chosen.handle, **sentence}).status_code == 409
    row = session.exec(select(VipNomination)).first()
    client.sign_in(riser)
    assert client.post(f"/nominations/{row.id}/comments", {"text": "She is patient with beginners."}).status_code == 303
    client.sign_in(chosen)
    assert client.post(f"/nominations/{row.id}/comments", {"text": "I agree with that."}).status_code == 404
    assert "patient with beginners" not in words(client.get("/me/vip"))
    assert "patient with beginners" in words(client.get("/me/vip?comments=1"))
    assert "You were nominated for Fellow" in words(client.get("/notifications"))


def test_an_appeal_within_thirty_days(session, client):
    member = make.member(session)
    solved(session, member, 4, months=3)
    decide(session)
    client.sign_in(member)
    assert client.post("/me/vip/appeals", {"text": "A solution of mine was credited late."}).status_code == 303
    assert client.post("/me/vip/appeals", {"text": "And once more, to be sure."}).status_code == 409
    client.sign_in(make.agent(session))
    assert "credited late" in words(client.get("/desk/appeals"))
    appeal = session.exec(select(VipSeason)).one() and 1
    decision = {"answer": "You are right, it was counted a day late.", "tier": "rising"}
    assert client.post(f"/desk/appeals/{appeal}/answer", decision).status_code == 303
    assert places(session)[member.id] == (Tier.rising, Basis.appeal)
    client.sign_in(member)
    assert "it was counted a day late" in words(client.get("/me/vip"))
    late = make.member(session)
    clock.use(lambda: EVALUATED + timedelta(days=31))
    client.sign_in(late)
    assert client.post("/me/vip/appeals", {"text": "Please look at mine too."}).status_code == 409


def test_new_criteria_are_announced_a_fortnight_before(session, client):
    told = make.vip(session)
    numbers = {name: str(needed) for name, needed in FIRST.items()} | {"rising_solutions": "4", "note": "Fewer are enough."}
    client.sign_in(make.admin(session))
    soon = (EVALUATED + timedelta(days=13)).date().isoformat()
    refused = client.post("/desk/season/criteria", {**numbers, "applies_on": soon})
    assert refused.status_code == 422 and "at least 14 days" in words(refused)
    then = (EVALUATED + timedelta(days=14)).date().isoformat()
    assert client.post("/desk/season/criteria", {**numbers, "applies_on": then}).status_code == 303
    page = words(client.get("/recognition"))
    assert "Fewer are enough." in page and "from 5 to 4" in page
    client.sign_in(told)
    assert "The programme's criteria change on 15 November" in words(client.get("/notifications"))
    assert seasons.rules_on(session, EVALUATED.date()).needed(Tier.rising, "solutions") == 5
    clock.use(lambda: EVALUATED + timedelta(days=20))
    assert seasons.rules_on(session, clock.now().date()).needed(Tier.rising, "solutions") == 4


def test_the_outlook_names_the_day(session, client):
    member = make.member(session)
    solved(session, member, 5, months=3, start=datetime(2026, 7, 3, tzinfo=UTC))
    clock.use(lambda: datetime(2026, 11, 22, tzinfo=UTC))
    client.sign_in(member)
    old = words(client.get("/me/vip"))
    assert "You meet Rising today. By 1 November 2027" in old
    solved(session, member, 5, months=3, start=datetime(2027, 1, 3, tzinfo=UTC), kind=LedgerKind.solution_credited)
    clock.use(lambda: datetime(2027, 5, 22, tzinfo=UTC))
    client.sign_in(member)
    assert "If nothing changes you qualify as Rising on 1 November" in words(client.get("/me/vip"))


def test_evaluating_costs_the_same_for_many(session):
    for _ in range(3):
        solved(session, make.member(session), 5, months=3)
    decide(session)
    assert len(places(session)) == 3
    assert fresh(session, session.exec(select(VipSeason)).one()).rule_version == 1
