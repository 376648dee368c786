"""Words as numbers, and the index in memory that ranks by them."""

import math

import numpy as np
import pytest

from forum.core.listwise import Choices, fit_chance, fit_listwise
from forum.core.postings import K1, SEGMENT, B, Postings
from forum.core.words import terms, words


def test_words_are_folded_and_markup_is_not_read():
    assert words("<p>Größe der <b>Schrift</b> &amp; Café</p>") == ["große".replace("ß", "ss"), "der", "schrift", "cafe"]


def test_addresses_are_not_words():
    assert words("See https://example.org/a?b=radar now") == ["see", "now"]


def test_scripts_without_spaces_become_pairs():
    assert words("再起動") == ["再起", "起動"]


def test_forms_of_one_word_are_the_same_number():
    assert terms("connections connected") == {next(iter(terms("connect"))): 2}


def test_words_that_say_nothing_are_left_out():
    assert terms("the and please") == {}


def test_a_very_long_token_is_no_word():
    assert terms("x" * 10_000 + " radar") == terms("radar")


@pytest.mark.parametrize("text", ["", "<" * 20_000, "&" * 20_000, "http://" * 3_000, "a<b " * 5_000])
def test_odd_texts_are_read_quickly(text):
    assert isinstance(words(text), list)


def by_hand(documents, asked):
    mean = sum(sum(one.values()) for one in documents) / len(documents)
    points = []
    for one in documents:
        total = 0.0
        for term, weight in asked.items():
            held = sum(1 for other in documents if term in other)
            idf = math.log1p((len(documents) - held + 0.5) / (held + 0.5))
            count = one.get(term, 0)
            total += weight * idf * count * (K1 + 1) / (count + K1 * (1 - B + B * sum(one.values()) / mean)) if count else 0
        points.append(total)
    return points


def test_points_are_bm25_in_lists_and_in_segments():
    chance = np.random.default_rng(3)
    documents = [dict.fromkeys(chance.integers(1, 90, 8).tolist(), 1.0 + n % 3) for n in range(2 * SEGMENT + 40)]
    postings = Postings()
    for place, one in enumerate(documents):
        assert postings.add(one) == place
        if place in (30, SEGMENT, len(documents) - 1):
            asked = {4: 1.0, 17: 2.0, 999: 1.0}
            assert postings.scores(asked) == pytest.approx(by_hand(documents[: place + 1], asked))


def test_nothing_indexed_finds_nothing():
    assert len(Postings().scores({1: 1.0})) == 0


def test_choosing_is_learned_and_stays_near_what_is_usual():
    chance = np.random.default_rng(5)
    lists = []
    for _ in range(400):
        rows = chance.normal(size=(12, 2)).astype(np.float32)
        points = rows @ np.array([2.0, -1.0])
        right = np.zeros(12)
        right[chance.choice(12, p=np.exp(points) / np.exp(points).sum())] = 1
        lists.append(Choices(rows, right))
    assert fit_listwise(lists, np.zeros(2), 1.0) == pytest.approx([2.0, -1.0], abs=0.3)
    assert fit_listwise(lists[:3], np.array([0.5, 0.5]), 1_000.0) == pytest.approx([0.5, 0.5], abs=0.02)


def test_one_choice_standing_for_many_weighs_as_many():
    row = np.array([[1.0], [0.0]], np.float32)
    right = np.array([1.0, 0.0])
    many = np.concatenate([row[:1], np.repeat(row[1:], 9, axis=0)])
    whole = fit_listwise([Choices(many, np.eye(10)[0])], np.zeros(1), 1.0)
    thinned = fit_listwise([Choices(row, right, np.array([0, math.log(9)], np.float32))], np.zeros(1), 1.0)
    assert thinned == pytest.approx(whole, abs=1e-4)


def test_chances_come_out_as_often_as_they_came_in():
    rows = np.ones((1_000, 1))
    right = np.repeat([1.0, 0.0], [20, 980])
    weights = fit_chance(rows, right, np.ones(1_000), np.zeros(1), 1e-6)
    assert 1 / (1 + math.exp(-weights[0])) == pytest.approx(0.02, abs=1e-4)
