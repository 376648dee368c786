"""When people are invited, over simulated years on clocks that change: REC-11."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from forum.recognition.routing.choosing import Candidate, choose
from forum.recognition.routing.courtesy import ANSWERED_WITHIN, PAUSE, Sent, Wishes, awake, local, may_invite, paused, zones

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_invitations_never_breaks_a_promise(zone):
    """Somebody asks every 53 minutes for a year; one in two is reacted to."""
    dice = random.Random(zone)
    wishes, sent = Wishes(zone=zone), []
    now, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    while now < end:
        if may_invite(wishes, [one for one in sent if one.at > now - timedelta(days=30)], now):
            sent.append(Sent(now, dice.random() < 0.5))
        now += timedelta(minutes=53)
    here = [one.at.astimezone(ZoneInfo(zone)) for one in sent]
    assert len(sent) > 100
    assert all(8 <= moment.hour < 21 for moment in here)
    assert all(moment.weekday() < 5 for moment in here)
    assert max(Counter(moment.date() for moment in here).values()) <= 3
    for one in sent:
        assert sum(1 for other in sent if one.at - timedelta(days=7) < other.at <= one.at) <= 10


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        ("2026-03-27T20:30+01:00", True),
        ("2026-03-27T21:00+01:00", False),
        ("2026-03-30T07:59+02:00", False),
        ("2026-03-30T08:00+02:00", True),
        ("2026-10-26T07:59+01:00", False),
        ("2026-10-26T08:00+01:00", True),
    ],
)
def test_quiet_hours_follow_the_clock_on_the_wall_when_it_changes(moment, may):
    """The clocks of Berlin changed on 29 March and 25 October 2026."""
    assert awake(Wishes(zone="Europe/Berlin"), datetime.fromisoformat(moment).astimezone(UTC)) is may


def test_one_s_own_limits_can_only_be_lower():
    one = [Sent(NOON - timedelta(hours=1), True)]
    assert not may_invite(Wishes(per_day=1), one, NOON)
    assert may_invite(Wishes(per_day=9), one * 2, NOON)
    assert not may_invite(Wishes(per_day=9), one * 3, NOON)
    week = [Sent(NOON - timedelta(days=day), True) for day in (1, 2, 3, 4)]
    assert not may_invite(Wishes(per_week=4), week, NOON)
    assert not may_invite(Wishes(per_day=0), [], NOON)


def test_weekends_are_free_unless_chosen():
    saturday = datetime(2026, 3, 7, 12, tzinfo=UTC)
    assert not awake(Wishes(), saturday)
    assert awake(Wishes(weekends=True), saturday)


def test_naps_and_holidays_end():
    assert not awake(Wishes(snoozed_until=NOON + timedelta(minutes=1)), NOON)
    assert awake(Wishes(snoozed_until=NOON), NOON)
    assert not awake(Wishes(away_until=date(2026, 3, 4)), NOON)
    assert awake(Wishes(away_until=date(2026, 3, 3)), NOON)


def test_equal_quiet_hours_mean_none():
    assert awake(Wishes(quiet_from=3, quiet_until=3), NOON.replace(hour=3))


def test_three_unanswered_in_a_row_pause_for_two_weeks_and_then_end():
    sent = [Sent(NOON - timedelta(days=day), False) for day in (9, 6, 4)]
    assert paused(sent, NOON)
    ends = sent[-1].at + ANSWERED_WITHIN + PAUSE
    assert paused(sent, ends - timedelta(minutes=1))
    assert not paused(sent, ends)
    assert not paused([*sent, Sent(NOON - timedelta(days=3, hours=1), True)], NOON)
    assert not paused(sent[:2], NOON)
    assert not paused([*sent[:2], Sent(NOON - timedelta(hours=2), False)], NOON)


def test_a_zone_nobody_knows_counts_as_utc():
    assert local(NOON, "Mars/Olympus") == NOON
    assert {"Europe/Lisbon", "America/Argentina/Buenos_Aires"} <= set(zones())


PEOPLE = [Candidate(n, 0.1 - n / 1_000, newcomer=n >= 8) for n in range(10)]


def test_three_are_asked_the_likeliest_first():
    chosen = choose([one for one in PEOPLE if not one.newcomer], 0.0, random.Random(1))
    assert [one.member_id for one in chosen] == [0, 1, 2]
    assert all(one.propensity == 1.0 for one in chosen)


def test_nobody_below_the_bar_is_asked_but_newcomers_may_be():
    assert choose(PEOPLE[:8], 0.5, random.Random(1)) == []
    found = [one for seed in range(200) for one in choose(PEOPLE, 0.5, random.Random(seed))]
    assert {one.member_id for one in found} == {8, 9}


def test_one_place_in_five_goes_to_somebody_new_and_its_likelihood_is_written_down():
    found = [choose(PEOPLE, 0.0, random.Random(seed))[0] for seed in range(4_000)]
    explored = [one for one in found if one.explored]
    assert len(explored) / len(found) == pytest.approx(0.2, abs=0.02)
    for member_id in (0, 8, 9):
        seen = [one for one in found if one.member_id == member_id]
        assert len(seen) / len(found) == pytest.approx(seen[0].propensity, abs=0.02)
