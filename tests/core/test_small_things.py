"""Text, cursors, letters and limits: the pure things everything stands on."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from forum.core import mail, paging, text
from forum.core.errors import Invalid
from forum.core.mail import Letter

LINE, WORDS, ID = TypeAdapter(text.Line), TypeAdapter(text.Words), TypeAdapter(text.Id)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a\t b\n", "a b"),
        ("e\u0301", "é"),
        ("ab\u202ec", "abc"),
        ("a\x07b\x1b", "ab"),
        ("\ufeffa", "a"),
        ("a" + "\u0310" * 50, "a" + "\u0310" * 8),
        ("👩‍👩‍👧 ok", "👩‍👩‍👧 ok"),
    ],
)
def test_lines_are_cleaned_once(typed, kept):
    assert LINE.validate_python(typed) == kept
    assert LINE.validate_python(kept) == kept


def test_words_keep_their_lines():
    assert WORDS.validate_python(" a\r\nb\rc ") == "a\nb\nc"


@pytest.mark.parametrize("typed", ["a\x00b", "\ud800", "\udfffx"])
def test_what_cannot_be_stored_is_refused(typed):
    with pytest.raises(ValidationError):
        WORDS.validate_python(typed)
    assert "\x00" not in text.clean_anyway(typed)


@pytest.mark.parametrize("value", [0, -1, 2**31, 2**63, 10**400, "x", None, float("inf"), "1e3"])
def test_ids_fit_a_column(value):
    with pytest.raises(ValidationError):
        ID.validate_python(value)


@given(st.text(max_size=300))
def test_slugs_and_excerpts_hold_their_shape(value):
    slug = text.slug(value)
    assert 0 < len(slug) <= 80
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(text.excerpt(value, 50)) <= 51
    assert "\n" not in text.excerpt(value, 50)
    assert 1 <= len(text.initials(value)) <= 2
    assert 1 <= text.hue(value) <= 12


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**Bold** and [a link](https://x.example)", "Bold and a link"),
        ("```\ncode\n```\nafter", "after"),
        ("# Title\n\n> quote", "Title quote"),
        ("one two three four", "one two three four"),
    ],
)
def test_excerpts_are_plain(markdown, plain):
    assert text.excerpt(markdown) == plain


def test_lists_and_plurals():
    assert [text.listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert [text.plural(count, "reply", "replies") for count in (0, 1, 1000)] == ["0 replies", "1 reply", "1,000 replies"]


@given(st.one_of(st.integers(-(2**31) + 1, 2**31 - 1), st.datetimes(timezones=st.just(UTC))), st.integers(0, 2**31 - 1))
def test_cursors_come_back_as_they_went(value, row_id):
    assert paging.decode(paging.encode(value, row_id)) == (value, row_id)


@given(st.text(max_size=60))
def test_no_text_breaks_a_cursor(cursor):
    with suppress(Invalid):
        paging.decode(cursor, datetime)


def test_a_cursor_belongs_to_one_kind_of_list():
    with pytest.raises(Invalid):
        paging.decode(paging.encode(3, 1), datetime)
    with pytest.raises(Invalid):
        paging.decode(paging.encode(datetime(2026, 1, 1, tzinfo=UTC), 1), int)
    with pytest.raises(Invalid):
        paging.decode(paging.encode(2**40, 1))
    assert paging.decode(None) is paging.decode("") is None


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_letter_holds_no_second_header(break_, field):
    parts = {"to": "a@example.org", "subject": "Hello", "text": "Hi", "key": "k"}
    parts[field] += f"{break_}Bcc: everybody@example.org"
    with pytest.raises(ValueError, match="line break"):
        mail.build(Letter(**parts))


def test_a_letter_carries_its_words_and_is_marked_automatic():
    letter = mail.build(Letter(to="zoë@example.org", subject="Grüße 😀", text="Ein Gruß.\n.\nEnde", key="x"))
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Subject"] == "Grüße 😀"
    assert letter.get_content() == "Ein Gruß.\n.\nEnde\n"
    assert b"Bcc" not in letter.as_bytes()
