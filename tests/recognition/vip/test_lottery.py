"""The draw and the clocks of the waiting list, as arithmetic (REC-9)."""

import hashlib
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from forum.models import Tier
from forum.recognition.vip.deadlines import LONGEST, SHORTEST, claim_time, claim_until
from forum.recognition.vip.lottery import Entrant, draw, kept_places, sealed

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
tickets = st.lists(st.uuids().map(str), unique=True, max_size=30)
people = tickets.flatmap(
    lambda names: st.tuples(
        *(
            st.builds(Entrant, st.just(name), st.sampled_from(list(Tier)), st.sampled_from([1, 2]), st.booleans())
            for name in names
        )
    )
)
seeds = st.text("0123456789abcdef", min_size=8, max_size=32)
places = st.integers(1, 40)


@given(seeds, people, places)
def test_a_draw_is_the_same_in_any_order_and_fills_every_place(seed, entrants, capacity):
    drawn = draw(seed, entrants, capacity)
    assert drawn == draw(seed, reversed(entrants), capacity)
    assert sum(one.seated for one in drawn) == min(capacity, len(entrants))
    assert [one.position for one in drawn] == list(range(1, len(entrants) + 1))


@given(seeds, people, places)
def test_a_fifth_is_kept_for_rising_and_the_under_served(seed, entrants, capacity):
    by_ticket = {one.ticket: one for one in entrants}
    seated = [by_ticket[one.ticket] for one in draw(seed, entrants, capacity) if one.seated]
    wanted = min(kept_places(capacity), sum(one.kept_for for one in entrants))
    assert sum(one.kept_for for one in seated) >= wanted
    assert kept_places(capacity) >= capacity * 0.2 or capacity == 1


@given(seeds, people, places)
def test_outside_the_kept_places_nobody_sits_before_a_higher_tier(seed, entrants, capacity):
    by_ticket = {one.ticket: one for one in entrants}
    drawn = draw(seed, entrants, capacity)
    first_without = next((one.position for one in drawn if not one.seated), None)
    after = [one for one in drawn if first_without and one.position > first_without and one.seated]
    assert all(one.kept_seat and by_ticket[one.ticket].kept_for for one in after)


def test_anybody_can_repeat_a_ticket_by_hand():
    seed = "5ea1"
    entrants = [Entrant(name, Tier.vip) for name in ("ant", "bee", "cow")]
    by_hand = sorted(entrants, key=lambda one: hashlib.sha256(f"{seed}:{one.ticket}:1".encode()).hexdigest(), reverse=True)
    assert [one.ticket for one in draw(seed, entrants, 1)] == [one.ticket for one in by_hand]
    assert sealed(seed) == hashlib.sha256(b"5ea1").hexdigest()


def test_who_had_no_place_last_time_wins_twice_as_often():
    entrants = [Entrant("lost", Tier.vip, 2), *(Entrant(f"other {number}", Tier.vip) for number in range(3))]
    wins = sum(draw(str(seed), entrants, 1)[0].ticket == "lost" for seed in range(2_000))
    assert 0.36 < wins / 2_000 < 0.44  # 2 of 5


def test_how_long_a_freed_seat_waits():
    assert claim_time(timedelta(days=30)) == LONGEST == timedelta(hours=48)
    assert claim_time(timedelta(hours=100)) == timedelta(hours=25)
    assert claim_time(timedelta(hours=20)) == SHORTEST == timedelta(hours=12)
    assert claim_until(NOW, NOW + timedelta(hours=5)) == NOW + timedelta(hours=5)
    assert claim_until(NOW, NOW) is None


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=400)))
def test_a_claim_never_outlives_the_event(left):
    until = claim_until(NOW, NOW + left)
    assert until is not None and NOW < until <= NOW + left
