"""What people send us about their accounts, checked once for forms, commands and imports alike."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from forum.accounts.handles import handle_fault, mail_address, name_fault
from forum.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from forum.core.text import Line, Words, clean
from forum.models.accounts import Role, Theme


def _open_handle(handle: str) -> str:
    if fault := handle_fault(handle):
        raise ValueError(fault)
    return handle


def _plain_name(name: str) -> str:
    if fault := name_fault(name):
        raise ValueError(fault)
    return name


def _storable(password: str) -> str:
    """Spaces at either end belong to a password; what cannot be typed does not."""
    clean(password)
    return password


def _without_at(value: object) -> object:
    return value.strip().removeprefix("@") if isinstance(value, str) else value


Handle = Annotated[Line, Field(max_length=40), BeforeValidator(_without_at), AfterValidator(_open_handle)]
Name = Annotated[Line, Field(min_length=1, max_length=60), AfterValidator(_plain_name)]
Address = Annotated[Line, Field(max_length=254), AfterValidator(mail_address)]
TypedPassword = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH), AfterValidator(_storable)]
NewPassword = Annotated[str, Field(min_length=MIN_LENGTH, max_length=MAX_LENGTH), AfterValidator(_storable)]
Token = Annotated[str, Field(max_length=100)]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Join(Input):
    handle: Handle
    name: Name
    email: Address
    password: NewPassword


class SignIn(Input):
    who: Annotated[Line, Field(min_length=1, max_length=254), BeforeValidator(_without_at)]
    """An e-mail address or a handle."""
    password: TypedPassword
    next: Annotated[str, Field(max_length=2000)] = "/"


class Forgot(Input):
    email: Address


class UseLink(Input):
    token: Token


class Reset(Input):
    token: Token
    password: NewPassword


class ChangePassword(Input):
    current: TypedPassword
    password: NewPassword


class ChangeEmail(Input):
    email: Address
    current: TypedPassword


class Leave(Input):
    current: TypedPassword
    sure: bool = False


class EditProfile(Input):
    name: Name
    bio: Annotated[Words, Field(max_length=2000)] = ""
    languages: Annotated[Line, Field(max_length=120)] = ""
    title: Annotated[Line, Field(max_length=60)] = ""
    shows_impact: bool = False
    shows_last_seen: bool = False


class ChooseTheme(Input):
    theme: Theme
    next: Annotated[str, Field(max_length=2000)] = "/"


class MailPreferences(Input):
    mail_answers: bool = False
    mail_solved: bool = False
    mail_mentions: bool = False
    mail_recognition: bool = False


class SetRole(Input):
    role: Role


class Suspend(Input):
    days: Annotated[int, Field(ge=1, le=3650)]
    reason: Annotated[Line, Field(min_length=1, max_length=300)]
