"""Contacts: one person over all identities, for staff; and a member's own accounts elsewhere."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from forum.core.errors import NotFound
from forum.core.text import Id
from forum.models import ExternalAccount
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.contacts import claims, identities, inputs, marking, privacy, queries
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
SHOW, MINE = "contacts/show.html", "settings/accounts.html"


@router.get("/desk/contacts")
def index(request: Request, db: Db, me: Me) -> Response:
    return page(request, "contacts/index.html", page=queries.contacts_page(db, me))


@router.get("/desk/contacts/{contact_id}")
def show(request: Request, db: Db, me: Me, contact_id: Id) -> Response:
    contact = identities.access_contact(db, me, contact_id)
    if contact.id != contact_id:
        return RedirectResponse(f"/desk/contacts/{contact.id}", 303)
    return page(request, SHOW, page=queries.contact_page(db, me, contact), form=blank())


@router.post("/desk/accounts/{account_id}/contact")
def find(request: Request, db: Db, me: Me, account_id: Id) -> Response:
    """Opens the contact of somebody who spoke elsewhere; makes it when nobody looked before."""
    return done(request, f"/desk/contacts/{identities.open_contact(db, me, account_id)}")


@router.post("/desk/contacts/{contact_id}/merges")
def merge(
    request: Request,
    db: Db,
    me: Me,
    contact_id: Id,
    form: Annotated[Form[inputs.MergeContacts], posted(inputs.MergeContacts)],
) -> Response:
    this, that = identities.access_contact(db, me, contact_id), identities.access_contact(db, me, form.data.other)
    kept, gone = (this, that) if form.data.keep == "this" else (that, this)
    identities.merge(db, me, kept, gone, form.data.reason)
    return done(request, f"/desk/contacts/{kept.id}", flash="One contact now. You can undo it below.")


@router.post("/desk/merges/{merge_id}/undoing")
def undo(request: Request, db: Db, me: Me, merge_id: Id) -> Response:
    row = identities.undo(db, me, merge_id)
    return done(request, f"/desk/contacts/{row.kept_id}", flash="Two contacts again, as before.")


@router.post("/desk/proposals/{proposal_id}/refusal")
def refuse(request: Request, db: Db, me: Me, proposal_id: Id) -> Response:
    row = identities.refuse(db, me, proposal_id)
    return done(request, f"/desk/contacts/{row.one_id}", flash="Noted: two people. It is not asked again.")


@router.post("/desk/accounts/{account_id}/privacy")
def ask_privacy(
    request: Request, db: Db, me: Me, account_id: Id, form: Annotated[Form[inputs.AskPrivacy], posted(inputs.AskPrivacy)]
) -> Response:
    account = _account(db, account_id)
    outcome = carry_out(db, me, form, lambda: _asked(db, me, account, form.data))
    if outcome.url is None:
        contact = identities.access_contact(db, me, identities.known_contact(db, account_id=account_id) or 0)
        view = queries.contact_page(db, me, contact)
        return page(request, SHOW, status=outcome.status, page=view, form=outcome.form)
    return done(request, outcome.url, flash="Done, and written down that it was.")


@router.post("/desk/accounts/{account_id}/mark")
def mark(
    request: Request, db: Db, me: Me, account_id: Id, form: Annotated[Form[inputs.MarkAccount], posted(inputs.MarkAccount)]
) -> Response:
    require(me, Permission.triage)
    marking.mark(db, me, _account(db, account_id), form.data)
    back = (
        f"/desk/social/{form.data.thread}"
        if form.data.thread
        else f"/desk/contacts/{identities.open_contact(db, me, account_id)}"
    )
    return done(request, back, flash="Marked, with your name and the day.")


def _asked(db: Session, me: Actor, account: ExternalAccount, data: inputs.AskPrivacy) -> str:
    privacy.carry_out(db, me, account, data)
    return f"/desk/contacts/{identities.contact_of_account(db, account.id)}"


def _account(db: Session, account_id: int) -> ExternalAccount:
    account = db.get(ExternalAccount, account_id)
    if account is None:
        raise NotFound
    return account


@router.post("/desk/claims/{claim_id}")
def decide_claim(
    request: Request, db: Db, me: Me, claim_id: Id, form: Annotated[Form[inputs.DecideClaim], posted(inputs.DecideClaim)]
) -> Response:
    claims.decide(db, me, claim_id, form.data)
    return done(request, "/desk/contacts", flash="Decided.")


@router.get("/settings/accounts")
def mine(request: Request, db: Db, me: Me) -> Response:
    return _mine(request, db, me, blank())


@router.post("/settings/accounts")
def claim(request: Request, db: Db, me: Me, form: Annotated[Form[inputs.ClaimAccount], posted(inputs.ClaimAccount)]) -> Response:
    outcome = carry_out(db, me, form, lambda: f"/settings/accounts#claim-{claims.start(db, me, form.data).id}")
    if outcome.url is None:
        return _mine(request, db, me, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Put the word there, then come back and let us look.")


def _mine(request: Request, db: Session, me: Actor, form: Form[Any], *, status: int = 200) -> Response:
    return page(request, MINE, status=status, claims=queries.own_accounts(db, me), form=form)


@router.post("/settings/accounts/{claim_id}/look")
def look(request: Request, db: Db, me: Me, claim_id: Id) -> Response:
    claims.look(db, me, claim_id)
    return done(request, f"/settings/accounts#claim-{claim_id}", flash="We are looking. Reload the page in a moment.", tone="")


@router.post("/settings/accounts/{claim_id}/letting-go")
def let_go(request: Request, db: Db, me: Me, claim_id: Id) -> Response:
    claims.let_go(db, me, claim_id)
    return done(request, "/settings/accounts", flash="Not joined any more. Its posts here carry a pseudonym again.")
