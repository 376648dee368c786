"""Personal data is found, hidden and shown as a change; ordinary numbers stay."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.models.social import Platform
from forum.social.authors import outside_author, pseudonym
from forum.social.escaping import plain_to_markdown
from forum.social.redaction import diff, redact
from forum.social.wording import digest, public_text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to ana.ruiz+hub@mail.example.org please", "email"),
        ("ana at example dot org", "email"),
        ("ana [at] example [dot] co", "email"),
        ("call 07700 900123", "phone"),
        ("call +44 7700 900123 now", "phone"),
        ("my number is (555) 010-0199", "phone"),
        ("card 4111 1111 1111 1111", "card"),
        ("IBAN GB82 WEST 1234 5698 7654 32 THANKS", "iban"),
        ("my address 8.8.8.8 is blocked", "ip"),
        ("I live at 12 Cardigan Road", "address"),
        ("postcode LS6 1AB", "address"),
    ],
)
def test_personal_data_is_hidden(text: str, kind: str) -> None:
    masked, found = redact(text)
    assert [one.kind for one in found] == [kind]
    assert found[0].text not in masked and found[0].shown in masked
    assert "".join(words for part, words in diff(text, found) if part != "new") == text


@pytest.mark.parametrize(
    "text",
    [
        "order 100234567 is late",
        "serial SN-2024-00017-AB",
        "version 1.2.3.4 and firmware 10.20.30.40",
        "my router is 192.168.1.1",
        "ring 0800 1231234, the helpline",
        "since 2025-11-06 at 12:30",
        "it costs 1,299.00 and arrives at noon",
        "card 4111 1111 1111 1112",
    ],
)
def test_ordinary_numbers_stay(text: str) -> None:
    assert redact(text) == (text, [])


@pytest.mark.parametrize(
    "token", ["a" * 10_230, "1" * 10_230, "A1" * 5_115, "a." * 5_115, "1 " * 5_115, "@a" * 5_115, "AB12 " * 2_046]
)
def test_a_very_long_token_takes_no_time(token: str) -> None:
    started = time.process_time()
    redact(token)
    public_text(token, Platform.mastodon, {})
    assert time.process_time() - started < 1.0


@given(st.text(max_size=200))
def test_the_change_shown_is_the_change_made(text: str) -> None:
    masked, found = redact(text)
    parts = diff(text, found)
    assert "".join(words for part, words in parts if part != "gone") == masked
    assert "".join(words for part, words in parts if part != "new") == text


def test_private_handles_are_replaced() -> None:
    names = {"maeve@social.example": "Customer 7F3A", "northhelp": "@NorthHelp"}
    shown = public_text("@NorthHelp @x hi @maeve@social.example and @stranger, thanks @NorthHelp.", Platform.mastodon, names)
    assert shown.text == "hi Customer 7F3A and @…, thanks @NorthHelp."
    assert public_text("@NorthHelp", Platform.mastodon, names).text == "@NorthHelp"


def test_a_network_that_forbids_changes_gets_the_post_hidden_whole() -> None:
    shown = public_text("@NorthHelp my mail is a@example.org", Platform.x, {})
    assert (shown.text, shown.withheld, shown.findings) == ("Hidden to protect the author.", True, 1)


def test_authors_are_named_or_not() -> None:
    brand = outside_author("x", "brand", "NorthHelp", "https://x.com/NorthHelp", thread_id=1, account_id=2)
    assert (brand.label, brand.url, brand.staff) == ("@NorthHelp", "https://x.com/NorthHelp", True)
    private = outside_author("x", "private", "77001", "https://x.com/77001", thread_id=1, account_id=3)
    assert private.label == pseudonym(1, 3) and private.url == ""
    staff_sees = outside_author("x", "private", "77001", "javascript:x", thread_id=1, account_id=3, for_staff=True)
    assert staff_sees.label == f"{pseudonym(1, 3)} (@77001)" and staff_sees.url == ""
    assert pseudonym(1, 3) != pseudonym(2, 3) and pseudonym(1, 3).startswith("Customer ")


def test_plain_text_stays_plain_and_links_stay_links() -> None:
    markdown = plain_to_markdown("1. *Look* <b>\nhttps://x.example/a_b_c.\n\n# no [x](javascript:1)")
    assert markdown == "1\\. \\*Look\\* \\<b\\>\\\n<https://x.example/a_b_c>.\n\n\\# no \\[x\\](javascript:1)"


def test_a_digest_tells_apart_what_reads_alike() -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"])


def test_a_name_on_a_network_is_no_mail_address() -> None:
    said = "@fennel@social.example Solved by our community, and @ines@toot.example knew it first."
    assert redact(said) == (said, [])
