"""Everything the environment decides (`FORUM_*`), read once. docs/OPERATING.md lists each with its default."""

import secrets
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="FORUM_", extra="ignore", frozen=True)

    env: Literal["development", "production"] = "development"
    data_dir: Path = Path("var")
    database_url: str = ""
    base_url: str = "http://localhost:8000"
    secret_key: str = ""
    older_secret_keys: str = ""
    """Comma-separated; what was sealed with them still opens after the key changed."""
    redis_url: str = ""
    smtp_url: str = ""
    mail_from: str = "Community <community@localhost>"
    mail_reply_to: str = ""
    """Whose mail is handed to `forum receive`; without it letters are answered on their page."""

    site_name: str = "Northwind Home"
    site_tagline: str = "People who have fixed it, helping people who have not. Yet."
    accent: str = ""
    logo_url: str = ""
    language: str = "en-GB"
    direction: Literal["ltr", "rtl"] = "ltr"

    allowed_hosts: str = ""
    trusted_proxies: str = ""
    threads: int = Field(default=16, ge=1, le=200)
    embedded_worker: bool = False
    rate_limits: bool = True
    demo_password: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("base_url", "logo_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("accent")
    @classmethod
    def _one_css_colour(cls, value: str) -> str:
        if any(character in value for character in "{};<>\"'\\"):
            raise ValueError("FORUM_ACCENT is one CSS colour, such as oklch(.46 .095 232) or #2a6f97.")
        return value

    @property
    def development(self) -> bool:
        return self.env == "development"

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database; SQLite in the data folder unless told otherwise."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.resolve() / 'forum.sqlite3'}"
        for prefix in ("postgres://", "postgresql://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url.removeprefix(prefix)
        return self.database_url

    @property
    def key(self) -> bytes:
        """Secret for signing. Production must name one; development keeps one in the data folder."""
        if self.secret_key:
            return self.secret_key.encode()
        if not self.development:
            raise RuntimeError("Set FORUM_SECRET_KEY to a long random value.")
        path = self.data_dir / "secret-key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(secrets.token_urlsafe(48))
            path.chmod(0o600)
        return path.read_bytes()

    @property
    def older_keys(self) -> tuple[bytes, ...]:
        return tuple(one.strip().encode() for one in self.older_secret_keys.split(",") if one.strip())


@cache
def settings() -> Settings:
    return Settings()
