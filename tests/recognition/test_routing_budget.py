"""Invitations within a budget: never more than three for a question or three a day for a person."""

from collections import Counter

import numpy as np

from forum.recognition.routing.budget import Day, Offer, Pace, set_bar


def offers(days, a_day=20, people=30, seed=1):
    chance = np.random.default_rng(seed)
    skill = chance.beta(0.5, 30, people)
    made = []
    for number in range(days * a_day):
        chances = skill * chance.uniform(0.2, 1.8, people)
        order = np.argsort(-chances)[:12]
        made.append(Offer(number / a_day, tuple((int(one), float(chances[one])) for one in order)))
    return made


def test_caps_hold_whatever_the_budget():
    for budget in (5, 40, 500):
        pace, by_day = Pace(budget), Counter()
        for offer in offers(60):
            invited = pace.offer(offer)
            assert len(invited) <= 3
            by_day.update((int(offer.at), one) for one in invited)
        assert max(by_day.values()) <= 3


def test_invitations_come_to_the_budget():
    for budget in (5, 15):
        pace = Pace(budget)
        for offer in offers(120):
            pace.offer(offer)
        assert 0.85 * budget < pace.sent / 120 < 1.1 * budget


def test_a_tighter_budget_invites_the_likelier():
    some = offers(28)
    tight, wide = set_bar(some, 3), set_bar(some, 30)
    assert tight.least > wide.least


def test_somebody_good_at_everything_is_kept_for_what_fits_best():
    bar = set_bar(offers(28, people=6), 40)
    assert bar.own
    assert all(own >= bar.least for own in bar.own.values())


def test_nobody_is_invited_before_anything_is_known():
    assert Day().invite(offers(1)[0], set_bar([], 15)) == []
