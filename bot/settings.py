"""Settings: read once from the environment and a `.env` file, every problem reported at once."""

from collections.abc import Mapping
from datetime import time, timedelta
from functools import partial
from typing import Any, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.mail import relay_of, sender_of
from bot.settling import SettleRules
from bot.shards import parse_shards

OFF = "off"
"""The value of `http` with which nothing is served."""
_SHORTEST_SECRET = 32
_DATABASES = ("sqlite:///", "postgresql://", "postgres://")


class SettingsError(Exception):
    """Some settings are wrong. The text names each, one a line, and never shows a secret's value."""


def _named(name: str, *others: str, default: Any) -> Any:
    return Field(default=default, validation_alias=AliasChoices(name, *others))


_secret = partial(_named, default=None)


class Settings(BaseSettings):
    """Everything that can be set from outside. `.env.example` says where each value comes from.

    Secrets are `SecretStr`: they print as stars.
    """

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True, frozen=True
    )

    database_url: SecretStr = _named(
        "DAILY_PAPERS_DATABASE_URL", default=SecretStr("sqlite:///daily-papers.db")
    )
    source: str = _named("DAILY_PAPERS_SOURCE", default="huggingface")
    source_url: str = _named("DAILY_PAPERS_SOURCE_URL", default="https://huggingface.co")
    source_attempts: int = _named("DAILY_PAPERS_SOURCE_ATTEMPTS", default=4)
    search_beyond: bool = _named("DAILY_PAPERS_SEARCH_BEYOND", default=True)
    http: str = _named("DAILY_PAPERS_HTTP", default="127.0.0.1:8080")
    public_url: str | None = _named("PUBLIC_URL", default=None)
    trust_proxy: bool = _named("DAILY_PAPERS_TRUST_PROXY", default=False)
    thumbnails: bool = _named("DAILY_PAPERS_THUMBNAILS", default=True)
    secret: SecretStr | None = _secret("DAILY_PAPERS_SECRET")
    log: Literal["text", "json"] = _named("DAILY_PAPERS_LOG", default="text")

    settle_earliest: time = _named("DAILY_PAPERS_SETTLE_EARLIEST", default=time(7))
    settle_quiet: int = _named("DAILY_PAPERS_SETTLE_QUIET", default=60)
    settle_deadline: time = _named("DAILY_PAPERS_SETTLE_DEADLINE", default=time(12))

    slack_bot_token: SecretStr | None = _secret("SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = _secret("SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = _secret("SLACK_SIGNING_SECRET")
    slack_client_id: str | None = _named("SLACK_CLIENT_ID", default=None)
    slack_client_secret: SecretStr | None = _secret("SLACK_CLIENT_SECRET")
    slack_api_url: str = _named("SLACK_API_URL", default="https://slack.com/api")
    discord_bot_token: SecretStr | None = _secret("DISCORD_BOT_TOKEN", "DISCORD_TOKEN")
    discord_per_second: int = _named("DISCORD_REQUESTS_PER_SECOND", default=50)
    discord_api_url: str = _named("DISCORD_API_URL", default="https://discord.com/api/v10")
    discord_shards: str | None = _named("DISCORD_SHARDS", default=None)
    smtp_url: SecretStr | None = _secret("SMTP_URL")
    email_from: str | None = _named("EMAIL_FROM", default=None)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(_DATABASES):
            raise ValueError("write sqlite:///file.db or postgresql://user:password@host/database")
        return url

    @field_validator("source_url", "public_url", "slack_api_url", "discord_api_url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if not url.startswith(("http://", "https://")):
            raise ValueError("write an address that begins with https:// or http://")
        return url.rstrip("/")

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(
                "write at least 32 characters that nobody can guess, as `openssl rand -hex 32` gives"
            )
        return secret

    @field_validator("http")
    @classmethod
    def _host_and_port(cls, address: str) -> str:
        if address.lower() == OFF:
            return OFF
        host, colon, port = address.rpartition(":")
        if not (host and colon and port.isdigit() and int(port) < 65536):
            raise ValueError("write a host and a port, for example 127.0.0.1:8080, or off")
        return address

    @field_validator("discord_per_second")
    @classmethod
    def _a_rate(cls, per_second: int) -> int:
        if per_second and not 1 <= per_second <= 10_000:
            raise ValueError("write how many requests a second Discord allows the bot, or 0 for no limit")
        return per_second

    @field_validator("discord_shards")
    @classmethod
    def _some_shards(cls, shards: str | None) -> str | None:
        if shards is not None:
            parse_shards(shards)
        return shards

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            relay_of(url.get_secret_value())
        return url

    @field_validator("email_from")
    @classmethod
    def _a_sender(cls, sender: str | None) -> str | None:
        if sender is not None:
            sender_of(sender)
        return sender

    @field_validator("source_attempts")
    @classmethod
    def _a_few(cls, attempts: int) -> int:
        if not 1 <= attempts <= 10:
            raise ValueError("write how often to ask, 1 to 10")
        return attempts

    @field_validator("settle_quiet")
    @classmethod
    def _some_minutes(cls, minutes: int) -> int:
        if not 0 <= minutes <= 24 * 60:
            raise ValueError("write minutes, 0 to 1440")
        return minutes

    @field_validator("settle_earliest", "settle_deadline")
    @classmethod
    def _time_of_day(cls, moment: time) -> time:
        if moment.tzinfo is not None:
            raise ValueError("write a time in UTC without a zone, for example 12:00")
        return moment

    @model_validator(mode="after")
    def _earliest_before_deadline(self) -> Self:
        if self.settle_earliest > self.settle_deadline:
            raise ValueError("DAILY_PAPERS_SETTLE_EARLIEST: write a time before DAILY_PAPERS_SETTLE_DEADLINE")
        return self

    @property
    def secrets(self) -> list[str]:
        """The values that must never be shown: the tokens, and the passwords in addresses."""
        addresses = ("database_url", "smtp_url")
        values = [value for name, value in self if name not in addresses and isinstance(value, SecretStr)]
        passwords = [_password(getattr(self, name)) for name in addresses]
        return [*(value.get_secret_value() for value in values), *filter(None, passwords)]

    @property
    def settle_rules(self) -> SettleRules:
        """When an edition counts as final."""
        return SettleRules(self.settle_earliest, timedelta(minutes=self.settle_quiet), self.settle_deadline)


def _password(url: SecretStr | None) -> str | None:
    """The password in an address; None where it has none."""
    try:
        password = urlsplit(url.get_secret_value()).password if url else None
    except ValueError:  # no address at all; opening it says so
        return None
    return unquote(password) if password else None


def read_settings(**overrides: Any) -> Settings:
    """The settings of this process. `overrides` go by environment name and win.

    Raises SettingsError naming every wrong setting at once.
    """
    try:
        return Settings(**overrides)
    except ValidationError as problem:
        raise SettingsError("\n".join(_problems(problem))) from None


def _problems(problem: ValidationError) -> list[str]:
    """A line for each wrong setting: its name and what to write; never the value, which may be a secret."""
    return [
        ": ".join([*map(str, error["loc"]), _wanted(error["type"], error["msg"], error.get("ctx", {}))])
        for error in problem.errors(include_input=False, include_url=False)
    ]


def _wanted(kind: str, words: str, context: Mapping[str, Any]) -> str:
    """What to write; pydantic says it in words for programmers where no validator of ours does.

    Args:
        kind: of the error (docs.pydantic.dev/latest/errors/validation_errors).
    """
    if kind == "literal_error":
        return "write " + str(context["expected"]).replace("'", "")
    known = (wanted for start, wanted in _WANTED.items() if kind.startswith(start))
    return next(known, words.removeprefix("Value error, "))


_WANTED = {
    "int_": "write a whole number",
    "bool_": "write true or false",
    "time_": "write a time in UTC, for example 12:00",
}
