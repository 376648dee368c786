"""The job that hands one letter to the mail server."""

from forum.core.mail import Letter, deliver


def send(to: str, subject: str, text: str, key: str) -> None:
    deliver(Letter(to=to, subject=subject, text=text, key=key))
