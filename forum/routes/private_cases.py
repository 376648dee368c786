"""Private cases: the customer's page behind its signed link, and the desk's side of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.accounts import throttle
from forum.core.text import Id
from forum.policy.actor import Actor
from forum.social import queries
from forum.social.privately import cases, letters
from forum.social.privately.withdrawing import withdraw_case
from forum.web.address import bucket
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
CUSTOMER, STAFF = "cases/customer.html", "cases/show.html"
SENT = "Sent. Only we can read it. Keep this page's address to see the answer."
Token = Annotated[str, Path(max_length=120)]
LetterToken = Annotated[str, Path(max_length=400)]
Message = Annotated[Form[cases.WriteMessage], posted(cases.WriteMessage)]


@router.get("/private/invitations/{token}")
def show_invitation(request: Request, db: Db, token: Token) -> Response:
    return _invitation(request, db, token, blank())


@router.post("/private/invitations/{token}")
def begin(request: Request, db: Db, me: Me, token: Token, form: Message) -> Response:
    def write() -> str:
        _pace(db, token, me)
        return cases.page_of(cases.begin(db, token, form.data, form.key))

    outcome = carry_out(db, me, form, write)
    if outcome.url is None:
        return _invitation(request, db, token, outcome.form, status=outcome.status, wait=outcome.retry_after)
    return done(request, outcome.url, flash=SENT)


def _invitation(request: Request, db: Session, token: str, form: Form[Any], *, status: int = 200, wait: int = 0) -> Response:
    invited = cases.invitation_page(db, token)
    return _hidden(page(request, "cases/invitation.html", status=status, page=invited, token=token, form=form), wait)


@router.get("/private/{token}")
def show(request: Request, db: Db, token: Token) -> Response:
    return _customer(request, db, token, blank())


@router.post("/private/{token}/messages")
def create(request: Request, db: Db, me: Me, token: Token, form: Message) -> Response:
    case = cases.case_behind(db, token)

    def write() -> str:
        _pace(db, case.name, me)
        cases.write_as_customer(db, case, form.data, form.key)
        return f"/private/{token}"

    outcome = carry_out(db, me, form, write)
    if outcome.url is None:
        return _customer(request, db, token, outcome.form, status=outcome.status, wait=outcome.retry_after)
    return done(request, outcome.url, flash=SENT)


@router.post("/private/{token}/address")
def ask_address(
    request: Request, db: Db, me: Me, token: Token, form: Annotated[Form[letters.GiveAddress], posted(letters.GiveAddress)]
) -> Response:
    case = cases.case_behind(db, token)

    def ask() -> str:
        letters.ask_address(db, case, form.data)
        return f"/private/{token}"

    outcome = carry_out(db, me, form, ask)
    if outcome.url is None:
        return _customer(request, db, token, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="We sent a letter. Press the button behind its link, and our answers come there too.")


@router.post("/private/{token}/address/removal")
def take_back_address(request: Request, db: Db, token: Token) -> Response:
    case = cases.case_behind(db, token, lock=True)
    letters.take_back_address(db, case)
    return done(request, cases.page_of(case), flash="We write there no more. This page has a new address: keep it.")


@router.get("/private/addresses/{token}")
def show_address(request: Request, db: Db, token: LetterToken) -> Response:
    return _address(request, letters.address_behind(db, token)[1], token, kept=False)


@router.post("/private/addresses/{token}")
def keep_address(request: Request, db: Db, token: LetterToken) -> Response:
    return _address(request, letters.keep_address(db, token).address, token, kept=True)


def _address(request: Request, address: str, token: str, *, kept: bool) -> Response:
    return _hidden(page(request, "cases/address.html", address=address, token=token, kept=kept))


def _pace(db: Session, case: str, me: Actor) -> None:
    """Who has the link may not flood the desk, nor one address all conversations."""
    limits = (throttle.PRIVATE_MESSAGE, case), (throttle.PRIVATE_ADDRESS, bucket(me.address))
    throttle.check(db, *limits)
    throttle.count(db, *limits)


def _customer(request: Request, db: Session, token: str, form: Form[Any], *, status: int = 200, wait: int = 0) -> Response:
    case = cases.case_page(db, cases.case_behind(db, token), for_staff=False)
    return _hidden(page(request, CUSTOMER, status=status, case=case, token=token, form=form), wait)


def _hidden(response: Response, wait: int = 0) -> Response:
    """Not kept, not indexed, not told to where a link leads."""
    if wait:
        response.headers["Retry-After"] = str(wait)
    response.headers["cache-control"] = "no-store"
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["x-robots-tag"] = "noindex, nofollow"
    return response


@router.post("/desk/social/{thread_id}/case")
def open_case(request: Request, db: Db, me: Me, thread_id: Id) -> Response:
    case = cases.open_case(db, me, queries.access_thread(db, me, thread_id))
    return done(request, f"/desk/cases/{case.id}", flash="In private now. The invitation waits under Replies for your approval.")


@router.get("/desk/cases/{case_id}")
def show_case(request: Request, db: Db, me: Me, case_id: Id) -> Response:
    return _staff(request, db, me, case_id, blank())


@router.post("/desk/cases/{case_id}/messages")
def answer(request: Request, db: Db, me: Me, case_id: Id, form: Message) -> Response:
    case = cases.access_case(db, me, case_id)

    def write() -> str:
        cases.write_as_staff(db, me, case, form.data)
        return f"/desk/cases/{case_id}"

    outcome = carry_out(db, me, form, write)
    if outcome.url is None:
        return _staff(request, db, me, case_id, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Sent.")


@router.post("/desk/cases/{case_id}/closing")
def close(
    request: Request, db: Db, me: Me, case_id: Id, form: Annotated[Form[cases.CloseCase], posted(cases.CloseCase)]
) -> Response:
    case = cases.access_case(db, me, case_id)

    def end() -> str:
        cases.close_case(db, me, case, form.data)
        return f"/desk/cases/{case_id}"

    outcome = carry_out(db, me, form, end)
    if outcome.url is None:
        return _staff(request, db, me, case_id, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Closed.")


@router.post("/desk/cases/{case_id}/withdrawal")
def withdraw(request: Request, db: Db, me: Me, case_id: Id) -> Response:
    withdraw_case(db, me, cases.access_case(db, me, case_id))
    return done(request, f"/desk/cases/{case_id}", flash="Taken back. Whoever has its page reads nothing there any more.")


def _staff(request: Request, db: Session, me: Actor, case_id: int, form: Form[Any], *, status: int = 200) -> Response:
    case = cases.case_page(db, cases.access_case(db, me, case_id), for_staff=True)
    return page(request, STAFF, status=status, case=case, form=form)
