"""Which earlier topics are like a question, from invented ones."""

import numpy as np

from forum.search.likeness import USUAL, Shelf, Words, learned, lesson

HUB = Words.of("Hub offline after the update", "The hub lost its connection after the last update.", ["hub"])
LAMP = Words.of("Lamp shows wrong colours", "The lamp is green although I chose red.", ["lamp"])
RADAR = Words.of("Radar sensor sees ghosts", "Motion without anybody there.", ["sensor"])


def shelf(*documents):
    made = Shelf()
    for number, (found, author, at) in enumerate(documents):
        assert made.add(found, author, at) == number
    return made


def best(made, asked, author="", at=100.0):
    return [like.number for like in made.ranked(asked, author, at)]


def test_shared_words_decide():
    made = shelf((LAMP, "ana", 1.0), (HUB, "ben", 2.0), (RADAR, "cleo", 3.0))
    asked = Words.of("My hub is offline", "No connection since the update.", ["hub"])
    assert best(made, asked)[0] == 1
    assert 2 not in best(made, asked)


def test_of_two_equal_ones_the_fresher_the_linked_and_ones_own_come_first():
    assert best(shelf((HUB, "ana", 1.0), (HUB, "ben", 99.0)), HUB)[0] == 1
    pointed = shelf((HUB, "ana", 1.0), (HUB, "ben", 1.0))
    pointed.link(1, 50.0)
    assert best(pointed, HUB)[0] == 1
    assert best(shelf((HUB, "ana", 1.0), (HUB, "ben", 1.0)), HUB, "ben")[0] == 1


def test_nobody_s_questions_are_no_author_s_own():
    made = shelf((HUB, "", 1.0), (HUB, "", 1.0))
    first, second = made.ranked(HUB, "", 5.0)
    assert first.points == second.points


def test_what_is_gone_is_not_found():
    made = shelf((HUB, "ana", 1.0), (HUB, "ben", 2.0))
    made.gone.add(0)
    assert best(made, HUB) == [1]


def test_nothing_there_finds_nothing():
    assert best(Shelf(), HUB) == []
    assert best(shelf((LAMP, "ana", 1.0)), Words.of("", "", [])) == []


def test_later_documents_and_links_change_no_earlier_ranking():
    made = shelf((HUB, "ana", 1.0), (LAMP, "ben", 2.0))
    numbers, rows = made.choices(HUB, "zoe", 3.0)
    kept = rows.copy()
    made.add(HUB, "late", 4.0)
    made.link(0, 5.0)
    assert (rows == kept).all()
    assert made.choices(HUB, "zoe", 3.0)[0].tolist() != []
    assert numbers.tolist() == [0]


def test_weights_are_the_usual_ones_until_enough_was_linked():
    rows = np.eye(12)
    one = lesson(np.arange(12), rows, {3})
    assert lesson(np.arange(12), rows, {77}) is None
    assert learned([one] * 10) is USUAL
    assert learned([one] * 200)[3] > USUAL[3]
