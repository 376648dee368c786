"""A private case by mail: asked where, confirmed, answered there, and the customer's letter joins the case."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import Mock

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner

from forum.cli import app as command
from forum.core import clock, mail
from forum.core.settings import settings
from forum.jobs.worker import MAX_ATTEMPTS
from forum.models import ExternalAccount, Job, Member, Notice, PrivateCase, PrivateMessage, Share
from forum.social.privately import cases
from forum.social.simulated.network import address
from forum.social.wire.mail import WRITE_ABOVE, new_words, read
from forum.web import guards
from tests import make
from tests.fakes.client import Browser, words
from tests.make import channels

CUSTOMER = "maeve@example.org"


@pytest.fixture
def marta(session: Session, client: Browser) -> Member:
    member = make.agent(session)
    client.sign_in(member)
    return member


@pytest.fixture
def answerable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FORUM_MAIL_REPLY_TO", "answers@forum.example")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def case(session: Session, client: Browser, marta: Member) -> PrivateCase:
    net = channels.network()
    channels.channel(session)
    thread = channels.read(session, address(net.write(net.join("maeve", "Maeve"), "@northwind you charged me twice")))
    client.post(f"/desk/social/{thread.id}/case")
    session.rollback()
    return session.exec(select(PrivateCase)).one()


def page_of(case: PrivateCase) -> str:
    return cases.link_of(case).removeprefix("http://testserver")


def confirmed(app: object, case: PrivateCase, drain) -> None:
    with Browser(app) as customer:
        assert customer.post(f"{page_of(case)}/address", {"address": CUSTOMER.upper()}).status_code == 303
        drain()
        link = re.search(r"http://testserver(/private/addresses/\S+)", letters()[0].get_content())[1]
        assert CUSTOMER in words(customer.get(link))
        assert "come to maeve@example.org" in words(customer.post(link))


def letters() -> list[EmailMessage]:
    return [one for one in mail.delivered() if one["To"] == CUSTOMER]


def answer_to(letter: EmailMessage, text: str, sender: str = CUSTOMER, **headers: str) -> bytes:
    """As a mail program writes it: above the quoted letter."""
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = f"Maeve <{sender}>", "answers@forum.example", "<77@mail.example>"
    message["In-Reply-To"] = letter["Message-ID"]
    message["References"] = f"{letter['References']} {letter['Message-ID']}"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    quoted = "\n".join(f"> {line}" for line in letter.get_content().splitlines())
    message.set_content(f"{text}\n\nOn Sun, 22 Nov 2026 at 10:00, Northwind <x@forum.example> wrote:\n{quoted}\n")
    return message.as_bytes()


def received(source: bytes) -> int:
    return CliRunner().invoke(command, ["receive"], input=source).exit_code


def said(session: Session) -> list[str]:
    session.rollback()
    return [one.text for one in session.exec(select(PrivateMessage).order_by(PrivateMessage.id))]


@pytest.mark.usefixtures("answerable")
def test_answers_come_by_mail_and_are_answered_by_mail(session, app, client, marta, case, drain) -> None:
    confirmed(app, case, drain)
    client.post(f"/desk/cases/{case.id}/messages", {"text": "Was it order <4711>?"})
    drain()
    letter = letters()[0]
    assert letter["Reply-To"] == "answers@forum.example"
    assert "Was it order <4711>?" in letter.get_content()
    assert page_of(case) in letter.get_content()
    for _ in range(2):
        assert received(answer_to(letter, "Yes, 4711.\nThe second one on Friday.")) == 0
    assert said(session) == ["Was it order <4711>?", "Yes, 4711.\nThe second one on Friday."]
    assert "The second one on Friday." in words(client.get(f"/desk/cases/{case.id}"))
    notice = session.exec(select(Notice).where(Notice.member_id == marta.id, Notice.link == f"/desk/cases/{case.id}")).one()
    assert "4711" not in notice.title


@pytest.mark.usefixtures("answerable")
def test_letters_of_others_machines_and_closed_cases_change_nothing(session, app, client, marta, case, drain) -> None:
    confirmed(app, case, drain)
    client.post(f"/desk/cases/{case.id}/messages", {"text": "Which order was it?"})
    drain()
    letter = letters()[0]
    assert received(answer_to(letter, "It was me.", sender="somebody@example.org")) == 67
    assert received(answer_to(letter, "I am away until Monday.", Auto_Submitted="auto-replied")) == 0
    stranger = EmailMessage()
    stranger["From"], stranger["Message-ID"] = CUSTOMER, "<78@mail.example>"
    stranger.set_content("Where is my order?")
    assert received(stranger.as_bytes()) == 67
    assert received(b"\x00\xff not a letter") == 65
    client.post(f"/desk/cases/{case.id}/closing", {"no_outcome": "It is about one bill."})
    assert received(answer_to(letter, "One more thing.")) == 67
    moment = clock.now() + timedelta(hours=2)
    clock.use(lambda: moment)
    drain()
    session.rollback()
    assert session.get_one(PrivateCase, case.id).address == ""
    assert said(session) == ["Which order was it?"]


def test_nothing_is_kept_before_the_owner_says_yes(session, app, client, marta, case, drain) -> None:
    with Browser(app) as customer:
        assert "e-mail" in words(customer.post(f"{page_of(case)}/address", {"address": "nobody"}))
        customer.post(f"{page_of(case)}/address", {"address": CUSTOMER})
        drain()
        link = re.search(r"http://testserver(/private/addresses/\S+)", letters()[0].get_content())[1]
        assert customer.get(link).status_code == 200
        assert customer.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 404
        assert page_of(case) not in letters()[0].get_content()
    session.rollback()
    assert session.get_one(PrivateCase, case.id).address == ""
    client.post(f"/desk/cases/{case.id}/messages", {"text": "Found it."})
    drain()
    assert len(letters()) == 1


@pytest.mark.usefixtures("answerable")
def test_the_public_invitation_does_not_tell_how_to_answer_by_mail(session, app, client, marta, case, drain) -> None:
    """It is posted where everybody reads it, and a sender is easily forged."""
    confirmed(app, case, drain)
    public = session.exec(select(Share)).one().text
    forged = EmailMessage()
    forged["From"], forged["Message-ID"] = CUSTOMER, "<79@mail.example>"
    forged["In-Reply-To"] = mail.message_id(f"case:{re.search(r'invitations/([0-9a-f]+)', public)[1]}")
    forged.set_content("Send it to my new street.")
    assert received(forged.as_bytes()) == 67


@pytest.mark.parametrize(
    "sender",
    [
        "maeve@example.org <somebody@example.com>",
        "<maeve@example.org>, <somebody@example.com>",
        "<somebody@example.com>\r\nFrom: <maeve@example.org>",
        "Maeve <maeve@example.org> <somebody@example.com>",
    ],
)
def test_a_sender_that_reads_in_two_ways_is_nobody(sender: str) -> None:
    """The mail server may have checked the other one."""
    assert read(f"From: {sender}\r\nMessage-ID: <1@x>\r\n\r\nIt is me.\r\n".encode()) is None


@pytest.mark.parametrize(
    "sender", ["Maeve J. O'Hara <maeve@example.org>", '"O, Maeve" <MAEVE@example.org>', "maeve@example.org (Maeve)"]
)
def test_a_sender_is_read_in_any_usual_writing(sender: str) -> None:
    assert read(f"From: {sender}\r\nMessage-ID: <1@x>\r\n\r\nIt is me.\r\n".encode()).sender == CUSTOMER


def test_a_letter_to_a_mistyped_address_opens_nothing_later(app, case, drain) -> None:
    with Browser(app) as customer, Browser(app) as stranger:
        customer.post(f"{page_of(case)}/address", {"address": "meave@example.org"})
        drain()
        astray = next(one for one in mail.delivered() if one["To"] == "meave@example.org")
        confirmed(app, case, drain)
        link = re.search(r"http://testserver(/private/addresses/\S+)", astray.get_content())[1]
        assert stranger.post(link).status_code == 404
        assert CUSTOMER in words(customer.get(page_of(case)))


def test_no_link_that_lets_in_and_no_address_is_in_the_log(app, case, drain, monkeypatch) -> None:
    told = Mock()
    monkeypatch.setattr(guards, "log", lambda: told)
    confirmed(app, case, drain)
    seen = str(told.info.mock_calls)
    assert "/private/-/address" in seen and "/private/addresses/-" in seen
    assert case.name not in seen and CUSTOMER not in seen


def test_who_is_erased_is_erased_in_private_too(session, app, client, marta, case, drain) -> None:
    confirmed(app, case, drain)
    with Browser(app) as customer:
        customer.post(f"{page_of(case)}/messages", {"text": "I live in Lime Street."})
        account = session.exec(select(ExternalAccount).where(ExternalAccount.handle == "maeve")).one()
        client.post(f"/desk/accounts/{account.id}/privacy", {"kind": "delete", "said": "By mail."})
        assert said(session) == []
        assert session.get_one(PrivateCase, case.id).address == ""
        assert "This conversation is closed" in words(customer.get(page_of(case)))
    assert CUSTOMER not in client.get(f"/desk/cases/{case.id}").text


def test_one_address_gets_three_letters_a_day(app, case) -> None:
    with Browser(app) as customer:
        answers = [customer.post(f"{page_of(case)}/address", {"address": CUSTOMER}).status_code for _ in range(4)]
    assert answers == [303, 303, 303, 429]


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes.\n\n> Was it?\n> Tell us.", "Yes."),
        ("Ja.\n\nAm So., 22. Nov. 2026 um 10:00 Uhr schrieb Northwind\n<x@forum.example>:\n\n> War es?\n", "Ja."),
        ("Oui.\n\n-----Message d'origine-----\nDe : x@forum.example\n", "Oui."),
        ("Sure.\n\nFrom: Northwind\nSent: Sunday\nTo: maeve@example.org\nSubject: Our answer", "Sure."),
        ("Thanks.\n-- \nMaeve\n+44 20 7946 0000", "Thanks."),
        (f"Fine.\n\n2026-11-22 10:00 Northwind:\n{WRITE_ABOVE}\n\nWas it?", "Fine."),
        ("> Was it 4711?\nYes.\n> On Friday?\nNo: Monday.", "> Was it 4711?\nYes.\n> On Friday?\nNo: Monday."),
        ("> Only quoted.", ""),
    ],
)
def test_what_is_new_in_a_letter(text: str, new: str) -> None:
    assert new_words(text) == new


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"From: \r\n\r\n",
        b"From: a@b.example\r\nMessage-ID: nothing\r\n\r\nHello",
        b"From: a@b.example\r\nMessage-ID: <1@b>\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: =?utf-8?q?" + b"=FF" * 5000 + b"?= <a@b.example>\r\nMessage-ID: <1@b>\r\n\r\nHello",
        b"From: a@b.example\r\nMessage-ID: <1@b>\r\nContent-Type: text/plain; charset=nowhere\r\n\r\n\xff\xfe",
        b"From: a@b.example\r\nMessage-ID: <1@b>\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 400,
    ],
)
def test_broken_mail_stops_nothing(source: bytes) -> None:
    mail_read = read(source)
    assert mail_read is None or mail_read.sender == "a@b.example"


def test_the_last_answer_goes_out_and_a_closed_case_opens_again(session, app, client, case, drain) -> None:
    confirmed(app, case, drain)
    client.post(f"/desk/cases/{case.id}/messages", {"text": "It is paid back."})
    client.post(f"/desk/cases/{case.id}/closing", {"no_outcome": "It is about one bill."})
    drain()
    assert "It is paid back." in letters()[0].get_content()
    thread = f"/desk/social/{case.thread_id}"
    assert "Open the private case again" in words(client.get(thread))
    assert client.post(f"{thread}/case").headers["location"] == f"/desk/cases/{case.id}"
    assert client.post(f"{thread}/case").status_code == 409
    with Browser(app) as customer:
        assert "It is paid back." in words(customer.get(page_of(case)))
        assert customer.post(f"{page_of(case)}/messages", {"text": "It came twice."}).status_code == 303
    session.rollback()
    texts = [one.text for one in session.exec(select(Share).order_by(Share.id))]
    assert "opened our private conversation again" in texts[-1]
    assert session.get_one(PrivateCase, case.id).address == CUSTOMER


@pytest.mark.parametrize("end", ["closing", "withdrawal", "erasure"])
def test_a_letter_that_could_not_be_sent_ends_with_its_case(session, app, client, marta, case, drain, monkeypatch, end) -> None:
    def refused(letter: mail.Letter) -> None:
        raise OSError(f"no mailbox {letter.to}")

    with Browser(app) as customer:
        customer.post(f"{page_of(case)}/address", {"address": CUSTOMER})
    monkeypatch.setattr("forum.jobs.mail.deliver", refused)
    for _ in range(MAX_ATTEMPTS):
        drain()
        clock.use(lambda moment=clock.now() + timedelta(hours=9): moment)
    client.sign_in(marta)
    assert CUSTOMER in [job.payload["to"] for job in unsent(session)]
    if end == "closing":
        client.post(f"/desk/cases/{case.id}/closing", {"no_outcome": "It is about one bill."})
        clock.use(lambda moment=clock.now() + timedelta(hours=2): moment)
        drain()
    elif end == "withdrawal":
        client.post(f"/desk/cases/{case.id}/withdrawal")
    else:
        account = session.exec(select(ExternalAccount).where(ExternalAccount.handle == "maeve")).one()
        client.post(f"/desk/accounts/{account.id}/privacy", {"kind": "delete", "said": "By mail."})
    assert unsent(session) == []


def unsent(session: Session) -> list[Job]:
    session.rollback()
    return list(session.exec(select(Job).where(Job.name == "mail.send")))
