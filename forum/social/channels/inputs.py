"""What administrators send about connected accounts."""

from typing import Annotated

from pydantic import Field

from forum.core.text import Line
from forum.models.social import Platform
from forum.social.inputs import Input

Secret = Annotated[Line, Field(max_length=2_000)]


class Secrets(Input):
    access_token: Secret = ""
    app_password: Secret = ""
    bearer_token: Secret = ""
    client_id: Secret = ""
    client_secret: Secret = ""
    refresh_token: Secret = ""
    hook_secret: Secret = ""

    def given(self) -> dict[str, str]:
        return {name: value for name in Secrets.model_fields if (value := getattr(self, name))}


class ConnectChannel(Secrets):
    platform: Platform
    name: Annotated[Line, Field(min_length=1, max_length=80)]
    base_url: Annotated[Line, Field(max_length=300)] = ""
    handle: Annotated[Line, Field(max_length=300)] = ""
    budget: Annotated[int, Field(ge=0, le=100_000)] = 0
    """Whole units of money a month."""


class ChangeChannel(Input):
    name: Annotated[Line, Field(min_length=1, max_length=80)]
    budget: Annotated[int, Field(ge=0, le=100_000)] = 0
    hourly_limit: Annotated[int, Field(ge=1, le=200)] = 20
    by_hand: bool = False
    four_eyes: bool = False
    show_private: bool = False
