"""Portable credentials: asking for one, showing it to people and machines, and checking one."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from forum.core.errors import Invalid, NotFound, TooMany
from forum.core.ratelimit import flood
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.credentials import issuing, pages, signing, verifying
from forum.recognition.credentials.achievements import achievement_of, as_open_badge
from forum.recognition.credentials.inputs import AskForCredential, CheckCredential, KeepCredential, RevokeCredential
from forum.recognition.credentials.issuer import did_document
from forum.web.address import bucket, is_loopback
from forum.web.dependencies import Db, Glance, Me
from forum.web.forms import Form, blank, perhaps_uploaded, posted
from forum.web.once import carry_out
from forum.web.pages import again, done, page

router = APIRouter()
OWN, SHOW, VERIFY = "credentials/index.html", "credentials/show.html", "credentials/verify.html"
JWT, DOCUMENT = "application/vc+jwt", "application/ld+json"
CHECKS = "10/minute;60/hour"
"""An embedded proof costs half a second of arithmetic to check."""


@router.get("/.well-known/did.json")
def show_issuer() -> Response:
    return JSONResponse(did_document(), media_type="application/did+json")


@router.get("/achievements/{key}")
def show_achievement(request: Request, db: Db, me: Me, key: str) -> Response:
    view = achievement_of(db, key)
    if "json" in request.headers.get("accept", ""):
        return JSONResponse(as_open_badge(view).to_dict(), media_type=DOCUMENT, headers={"Vary": "Accept"})
    return page(request, "credentials/achievement.html", page=view)


@router.get("/credentials/status/{number}")
def show_status(db: Db, number: int) -> Response:
    token = signing.status_list(number, issuing.revoked_on(db, number))
    seconds = int(signing.TTL.total_seconds())
    return Response(token, media_type=JWT, headers={"Cache-Control": f"public, max-age={seconds}"})


@router.get("/credentials/{credential_id}.svg")
def show_svg(db: Db, credential_id: str) -> Response:
    row = issuing.access_credential(db, credential_id)
    picture = pages.picture_svg(achievement_of(db, row.achievement), row.name)
    return _file(signing.baked_svg(picture, row.token), "image/svg+xml", f"{row.id}.svg")


@router.get("/credentials/{credential_id}.png")
def show_png(db: Db, credential_id: str) -> Response:
    row = issuing.access_credential(db, credential_id)
    picture = pages.picture_png(achievement_of(db, row.achievement), row)
    return _file(signing.baked_png(picture, row.token), "image/png", f"{row.id}.png")


@router.get("/credentials/{credential_id}.jwt")
def show_token(db: Db, credential_id: str) -> Response:
    row = issuing.access_credential(db, credential_id)
    return _file(row.token.encode(), JWT, f"{row.id}.jwt")


@router.get("/credentials/{credential_id}.json")
def show_document(db: Db, credential_id: str) -> Response:
    row = issuing.access_credential(db, credential_id)
    return _document(row.document)


@router.get("/credentials/{credential_id}")
def show(request: Request, db: Db, me: Me, credential_id: str) -> Response:
    row = issuing.access_credential(db, credential_id)
    accept = request.headers.get("accept", "")
    if JWT in accept:
        return Response(row.token, media_type=JWT, headers={"Vary": "Accept"})
    if "json" in accept:
        return _document(row.document)
    return page(request, SHOW, page=pages.credential_page(db, me, row))


@router.get("/me/credentials")
def index(request: Request, db: Db, me: Me) -> Response:
    return page(request, OWN, page=pages.own_page(db, me), form=blank())


@router.post("/me/credentials")
def create(request: Request, db: Db, me: Me, form: Annotated[Form[AskForCredential], posted(AskForCredential)]) -> Response:
    require(me, Permission.credential_ask)
    outcome = carry_out(db, me, form, lambda: f"/credentials/{issuing.ask(db, me, form.data).id}")
    if outcome.url is None:
        return again(request, OWN, status=outcome.status, page=pages.own_page(db, me), form=outcome.form)
    return done(request, outcome.url, flash="Signed. It is yours to take along.")


@router.post("/credentials/{credential_id}/revocation")
def create_revocation(
    request: Request, db: Db, me: Me, credential_id: str, form: Annotated[Form[RevokeCredential], posted(RevokeCredential)]
) -> Response:
    issuing.revoke(db, me, issuing.access_credential(db, credential_id), form.data)
    return done(request, f"/credentials/{credential_id}", flash="Revoked. Whoever checks it reads that.")


@router.post("/credentials/{credential_id}/keeping")
def update_keeping(
    request: Request, db: Db, me: Me, credential_id: str, form: Annotated[Form[KeepCredential], posted(KeepCredential)]
) -> Response:
    require(me, Permission.account_own)
    issuing.keep(db, me, issuing.access_credential(db, credential_id), form.data)
    return done(request, f"/credentials/{credential_id}", flash="Saved.")


@router.get("/verify")
def verify(request: Request, me: Me) -> Response:
    return page(request, VERIFY, verdict=None, form=blank())


@router.post("/verify")
def check(
    request: Request,
    me: Glance,
    form: Annotated[Form[CheckCredential], posted(CheckCredential)],
    raw: Annotated[bytes, perhaps_uploaded("file", verifying.LARGEST)],
) -> Response:
    wait = 0 if is_loopback(me.address) else flood(CHECKS, "verify", bucket(me.address))
    if wait:
        raise TooMany("That was a lot of checking at once. Try again in a minute.", wait)
    try:
        verdict = verifying.verdict_on(form.data.text, raw)
    except Invalid as error:
        return again(request, VERIFY, verdict=None, form=form.refused(error.errors))
    return page(request, VERIFY, verdict=verdict, form=form)


def _document(document: str) -> Response:
    if not document:
        raise NotFound("The document with an embedded proof is being made. The signed token is ready now.")
    return Response(document, media_type=DOCUMENT, headers={"Vary": "Accept"})


def _file(body: bytes, kind: str, name: str) -> Response:
    headers: dict[str, Any] = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(body, media_type=kind, headers=headers)
