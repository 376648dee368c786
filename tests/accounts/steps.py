"""What people do in these tests: join, read their mail, sign in."""

import re
from typing import Any

from forum.core import mail

PASSWORD = "blue kettle on the windowsill"
OTHER_PASSWORD = "seven ladders lean on a barn"


def join(client: Any, **changed: str) -> Any:
    form = {"handle": "wanda", "name": "Wanda Petrossian", "email": "wanda@example.org", "password": PASSWORD}
    return client.post("/join", {**form, **changed})


def sign_in(client: Any, who: str = "wanda@example.org", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"who": who, "password": password, **more})


def joined(client: Any, drain: Any, **changed: str) -> None:
    """A confirmed member with a password, signed out."""
    assert join(client, **changed).status_code == 303
    drain()
    assert client.post("/confirm", {"token": token_in_mail()}).status_code == 303


def letters() -> list[tuple[str, str, str]]:
    """(to, subject, text), newest first."""
    return [(str(letter["To"]), str(letter["Subject"]), letter.get_content()) for letter in mail.delivered()]


def token_in_mail(subject: str = "") -> str:
    text = next(text for _, title, text in letters() if subject in title)
    found = re.search(r"token=([\w-]+)", text)
    assert found, text
    return found.group(1)


def cookie(response: Any, name: str = "session") -> str:
    return next((line for line in response.headers.get_list("set-cookie") if line.startswith(f"{name}=")), "")
