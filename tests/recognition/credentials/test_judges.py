"""REC-12: others' code agrees: `jose` on the token, Digital Bazaar's own stack on the document with a proof.

`tests/run` installs them from the lock beside them; contexts are the bundled ones and nothing is fetched.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from openbadgeslib.ob3.contexts import bundled_contexts

from forum.core import clock
from forum.core.settings import settings
from forum.models import Credential, Member
from forum.policy.actor import actor_of
from forum.recognition.credentials import issuer, issuing, keys, signing
from forum.recognition.credentials.inputs import AskForCredential
from tests.fakes.client import fresh
from tests.recognition.credentials.test_credentials import earned

JUDGES = Path(__file__).parent / "judges"


def _why_not() -> str:
    if shutil.which("node") is None:
        return "Node is not installed"
    return "" if (JUDGES / "node_modules" / "jose").is_dir() else "not installed: npm ci in tests/recognition/credentials/judges"


pytestmark = pytest.mark.skipif(bool(_why_not()), reason=_why_not() or "ready")


@dataclass
class Court:
    """What a stranger holds and could ask for, and what the two judges say of it."""

    client: Any
    row: Credential
    folder: Path

    @property
    def token(self) -> str:
        return self.row.token

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.row.document)

    def says(self, **credentials: Any) -> dict[str, str]:
        """Of each credential, with the issuer's document and the status list as they are served now."""
        return self.says_with(self.client.get("/.well-known/did.json").json(), **credentials)

    def says_with(self, did: dict[str, Any], **credentials: Any) -> dict[str, str]:
        number = self.row.list_number
        lists = {signing.list_address(number): self.client.get(f"/credentials/status/{number}").text}
        cases = {name: {"credential": one, "did": did, "lists": lists} for name, one in credentials.items()}
        facts = self.folder / "facts.json"
        facts.write_text(json.dumps({"contexts": bundled_contexts(), "cases": cases}))
        run = subprocess.run(["node", JUDGES / "verify.mjs", facts], capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stderr
        return dict(json.loads(run.stdout))


@pytest.fixture
def court(session, client, drain, tmp_path):
    keys.published.cache_clear()
    member, award = earned(session)
    row = issuing.ask(session, actor_of(member), AskForCredential(source=f"award:{award.id}"))
    session.commit()
    drain()
    return Court(client, fresh(session, row), tmp_path)


def resigned(token: str, **changes: Any) -> tuple[str, dict[str, Any]]:
    """The same credential with other claims, signed by our own key in both forms."""
    payload = {**jwt.decode(token, options={"verify_signature": False}), **changes}
    key = keys.current()
    headers = {"kid": issuer.method(key.name), "typ": "vc+jwt"}
    again = jwt.encode(payload, key.pem, algorithm=signing.ALGORITHM, headers=headers)
    return again, json.loads(signing.with_proof(again))


def kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def test_both_judges_hold_it_genuine(court):
    assert court.says(token=court.token, document=court.document) == {"token": "holds", "document": "holds"}


def achievement(document: dict[str, Any]) -> None:
    document["credentialSubject"]["achievement"]["name"] = "Something grander"


def holder(document: dict[str, Any]) -> None:
    document["credentialSubject"]["identifier"][0]["identityHash"] = "sha256$" + "0" * 64


def status(document: dict[str, Any]) -> None:
    entry = document["credentialStatus"]
    entry = entry[0] if isinstance(entry, list) else entry
    entry["statusListIndex"] = str((int(entry["statusListIndex"]) + 1) % signing.SIZE)


def when(document: dict[str, Any]) -> None:
    document["validFrom"] = "2001-01-01T00:00:00Z"


def proof(document: dict[str, Any]) -> None:
    value = document["proof"]["proofValue"]
    document["proof"]["proofValue"] = value[:-1] + ("2" if value[-1] != "2" else "3")


CHANGES: list[Callable[[dict[str, Any]], None]] = [achievement, holder, status, when, proof]


def test_a_changed_document_is_refused(court):
    changed = {change.__name__: court.document for change in CHANGES}
    for change in CHANGES:
        change(changed[change.__name__])
    said = court.says(**changed)
    assert set(said) == {"achievement", "holder", "status", "when", "proof"}
    assert all("nvalid signature" in answer or "Verification error" in answer for answer in said.values()), said


def test_a_changed_token_is_refused(court):
    head, body, signature = court.token.split(".")
    other = resigned(court.token, name="Something grander")[0].split(".")
    said = court.says(
        body=f"{head}.{other[1]}.{signature}",
        signature=f"{head}.{body}.{other[2]}",
        unsigned=jwt.encode({"iss": issuer.did()}, "", algorithm="none", headers={"kid": kid(court.token)}),
    )
    assert said["body"] == said["signature"] == "signature verification failed"
    assert "holds" not in said.values()


def test_after_a_change_of_keys_old_and_new_hold(court):
    keys.rotate()
    token, document = resigned(court.token)
    assert kid(token) != kid(court.token)
    assert document["proof"]["verificationMethod"] != court.document["proof"]["verificationMethod"]
    said = court.says(token=court.token, document=court.document, new_token=token, new_document=document)
    assert set(said.values()) == {"holds"}


def test_what_a_key_signed_falls_with_the_key(court):
    """An operator whose key got out removes its public half, and the site names it no longer."""
    lost = keys.current().name
    keys.rotate()
    token, document = resigned(court.token)
    (settings().data_dir / "keys" / (lost + keys.PUBLIC)).unlink()
    said = court.says(token=court.token, document=court.document, new_token=token, new_document=document)
    assert said["new_token"] == said["new_document"] == "holds"
    assert "not a key for signing" in said["token"] and "no such key" in said["document"]


def test_a_key_that_may_not_sign_any_more_counts_for_nothing(court):
    served = court.client.get("/.well-known/did.json").json()
    said = court.says_with({**served, "assertionMethod": []}, document=court.document)
    assert "not authorized by controller" in said["document"]


def test_expired(court):
    gone = clock.now() - timedelta(days=1)
    token, document = resigned(court.token, exp=int(gone.timestamp()), validUntil=gone.strftime("%Y-%m-%dT%H:%M:%SZ"))
    said = court.says(token=token, document=document)
    assert '"exp" claim timestamp check failed' in said["token"]
    assert "is after" in said["document"]


def test_revoked(court, session):
    court.client.sign_in(session.get(Member, court.row.member_id))
    assert court.client.post(f"/credentials/{court.row.id}/revocation").status_code == 303
    assert court.says(token=court.token, document=court.document) == {"token": "revoked", "document": "revoked"}
