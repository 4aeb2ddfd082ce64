"""Every setting of Daybook, declared once, and the three environments that read them.

Values come from the process environment, then from a `.env` file beside this module. A setting that holds a secret can
instead be named `NAME_FILE` and point to a file, as container platforms hand secrets over.
"""

import math
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from click import ClickException
from dotenv import dotenv_values

from app.urls import address_of, as_browsers_write, can_be_listened_at, is_loopback, is_of_database, origin, with_driver

ROOT = Path(__file__).resolve().parent
SAMPLE_SECRET = "replace-me-with-the-output-of-python-manage.py-configure"  # noqa: S105  # refused in production
MIN_SECRET_LENGTH, MAX_NUMBER_LENGTH, MIN_BITS = 32, 10, 60
UNLIKE_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
DEFAULT_BIND = "127.0.0.1:8000"
ENVIRONMENTS = ("development", "testing", "production")


class SettingsError(ClickException):
    """A setting is missing or makes no sense; the message names it and the fix."""


@dataclass(frozen=True)
class Setting:
    """One thing an operator can set: `kind` decides how its text is read, `choices` or `range` what it may be."""

    name: str
    kind: Literal["text", "number", "flag", "list"]
    default: str
    help: str
    secret: bool = False
    choices: tuple[str, ...] = ()
    range: tuple[int, int] = (0, 2**31 - 1)

    def read(self, environ: Mapping[str, str]) -> str | int | bool | list[str]:
        """Return the value in its own type; raise SettingsError where the text cannot be one."""
        text = self._text(environ)
        if self.kind == "flag":
            if text.lower() in {"1", "true", "yes", "on"}:
                return True
            if text.lower() in {"", "0", "false", "no", "off"}:
                return False
            raise SettingsError(f"{self.name} is “{text}”: write true or false.")
        if self.kind == "number":
            least, most = self.range
            if not text.isascii() or not text.isdigit() or len(text) > MAX_NUMBER_LENGTH or not least <= int(text) <= most:
                raise SettingsError(f"{self.name} is “{text}”: write a whole number from {least} to {most}.")
            return int(text)
        if self.kind == "list":
            return [part.strip() for part in text.split(",") if part.strip()]
        if self.choices and text not in self.choices:
            raise SettingsError(f"{self.name} is “{text}”: write one of {', '.join(self.choices)}.")
        return text

    def _text(self, environ: Mapping[str, str]) -> str:
        file = environ.get(f"{self.name}_FILE") if self.secret else None
        if not file:
            return environ.get(self.name, "").strip() or self.default
        try:
            kept = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as problem:
            raise SettingsError(f"{self.name}_FILE points to {file}, which cannot be read: {_why(problem)}.") from problem
        if not kept:
            raise SettingsError(f"{self.name}_FILE points to {file}, which is empty: put the value there, or unset it.")
        return kept


SETTINGS = (
    Setting("FLASK_CONFIG", "text", "development", "Which environment to run: development, testing or production.", choices=ENVIRONMENTS),
    Setting("SECRET_KEY", "text", "", "Signs sessions and links; at least 32 random characters.", secret=True),
    Setting("SECRET_KEY_FALLBACKS", "list", "", "Earlier secret keys, comma separated, accepted while the key changes.", secret=True),
    Setting("PUBLIC_URL", "text", "", "The address people type, such as https://journal.example.org; the only source of links in emails."),
    Setting("DATABASE_URL", "text", "", "SQLite or PostgreSQL; empty means an SQLite file in DATA_DIR.", secret=True),
    Setting(
        "DATABASE_KEY",
        "text",
        "",
        "Encrypts the SQLite database, photos and files with this passphrase; set it before the first start.",
        secret=True,
    ),
    Setting("DATA_DIR", "text", "instance", "The folder for the database, photos, files, copies from before upgrades, and emails kept."),
    Setting("MAX_UPLOAD_MB", "number", "64", "The largest photo or file that can be uploaded, in megabytes.", range=(1, 4096)),
    Setting("FILES_PER_PERSON_MB", "number", "4096", "How much storage each person has, in megabytes; 0 for no limit.", range=(0, 2**20)),
    Setting("MAIL_SERVER", "text", "", "The SMTP server; without one, emails go to the terminal and to DATA_DIR/mail."),
    Setting("MAIL_PORT", "number", "587", "The SMTP server's port.", range=(1, 65535)),
    Setting("MAIL_USE_TLS", "flag", "true", "Begin plain and switch to TLS (STARTTLS), certificate verified."),
    Setting("MAIL_USE_SSL", "flag", "false", "Speak TLS from the first byte, certificate verified; instead of MAIL_USE_TLS."),
    Setting("MAIL_USERNAME", "text", "", "The name to sign in to the SMTP server with, if it asks for one."),
    Setting("MAIL_PASSWORD", "text", "", "The password that goes with MAIL_USERNAME.", secret=True),
    Setting("MAIL_DEFAULT_SENDER", "text", "Daybook <daybook@localhost>", "The sender of every email."),
    Setting("MAIL_SUBJECT_PREFIX", "text", "", "Put before every email's subject, such as [Our journal]."),
    Setting("ADMIN_EMAIL", "text", "", "Whoever signs up with this email becomes an administrator once it is confirmed."),
    Setting(
        "REGISTRATION",
        "text",
        "open",
        "Who may sign up: open (anybody), invite (who has a link) or closed (nobody).",
        choices=("open", "invite", "closed"),
    ),
    Setting("DEFAULT_TIMEZONE", "text", "UTC", "The time zone of people whose browser doesn't report one."),
    Setting(
        "TRUSTED_PROXIES", "number", "0", "How many reverse proxies in front may be believed about the client's address.", range=(0, 10)
    ),
    Setting(
        "RATELIMIT_STORAGE_URI",
        "text",
        "",
        "Where attempts are counted, such as redis://localhost:6379; empty means a file in DATA_DIR, or PostgreSQL where that is used.",
        secret=True,
    ),
    Setting("LOGIN_LENGTH", "number", "12", "How many characters a suggested user name has at most.", range=(4, 64)),
    Setting("PASS_LENGTH", "number", "16", "How many characters a suggested password has.", range=(8, 128)),
    Setting("PASS_CHARS", "text", UNLIKE_LETTERS, "What suggested passwords are made of; the default has no characters that look alike."),
    Setting("BIND", "text", DEFAULT_BIND, "The address and port that `serve` listens on."),
    Setting("WEB_CONCURRENCY", "number", "2", "How many worker processes `serve` starts.", range=(1, 64)),
)


def environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the process environment laid over the `.env` file, which FLASK_SKIP_DOTENV leaves out."""
    environ = os.environ if environ is None else environ
    if environ.get("FLASK_SKIP_DOTENV"):
        return dict(environ)
    # The `flask` program has read the file, too, and puts other settings in the place of `${…}`.
    written, replaced = read_dotenv(ROOT / ".env"), dotenv_values(ROOT / ".env")
    return {**written, **{name: value for name, value in environ.items() if name not in written or value != replaced[name]}}


def read_dotenv(path: Path) -> dict[str, str]:
    """Return what a `.env` file says, word for word: a passphrase may hold `${…}`. Nothing where there is no file; SettingsError."""
    try:
        return {name: value or "" for name, value in dotenv_values(path, interpolate=False).items()}
    except (UnicodeError, OSError) as problem:
        raise SettingsError(f"{path} cannot be read: {_why(problem)}.") from problem


def _why(problem: OSError | UnicodeError) -> str:
    return "it is not written in UTF-8" if isinstance(problem, UnicodeError) else problem.strerror or ""


def check_bind(bind: str) -> None:
    """Raise SettingsError where nothing can be listened at there."""
    if not can_be_listened_at(bind):
        raise SettingsError(f"BIND is “{bind}”: write one host and one port, such as 127.0.0.1:8000, or unix: and a path.")


class Config:
    """Settings that every environment shares, as Flask's `config.from_object` takes them (an instance, not the class)."""

    TESTING = False
    MAX_CONTENT_LENGTH = MAX_FORM_MEMORY_SIZE = 16 * 1024 * 1024
    PERMANENT_SESSION_LIFETIME = timedelta(days=30)
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_REFRESH_EACH_REQUEST = False
    WTF_CSRF_TIME_LIMIT = None
    WTF_CSRF_SSL_STRICT = False
    """Some browsers and proxies send no Referer; Fetch Metadata and Origin tell more (see `app.web.security_headers`)."""
    WTF_I18N_ENABLED = False
    """WTForms would read its own catalogue from the disk for each form; the sentences of forms are ours."""
    PASSWORD_METHOD = "scrypt:32768:8:3"  # noqa: S105

    FLASK_CONFIG: str
    SECRET_KEY: str
    SECRET_KEY_FALLBACKS: list[str]
    PUBLIC_URL: str
    DATABASE_URL: str
    DATABASE_KEY: str
    DATA_DIR: str
    DEFAULT_TIMEZONE: str
    RATELIMIT_STORAGE_URI: str
    LOGIN_LENGTH: int
    PASS_LENGTH: int
    PASS_CHARS: str
    MAX_UPLOAD_MB: int
    FILES_PER_PERSON_MB: int
    BIND: str
    WEB_CONCURRENCY: int

    def __init__(self, environ: Mapping[str, str]) -> None:
        for setting in SETTINGS:
            setattr(self, setting.name, setting.read(environ))
        self.PUBLIC_URL = as_browsers_write((self.PUBLIC_URL or self._default_public_url()).rstrip("/"))
        self.SECRET_KEY = self.SECRET_KEY or self._fresh_secret()
        self.DATA_DIR = str((ROOT / self.DATA_DIR).resolve())
        check_bind(self.BIND)
        self._check_public_url()
        self._check_zone()
        self._check_generator()
        self.SQLALCHEMY_DATABASE_URI = self._database_uri()
        self.SESSION_COOKIE_SECURE = self.PUBLIC_URL.startswith("https:")
        self.SESSION_COOKIE_NAME = "__Host-session" if self.SESSION_COOKIE_SECURE else "session"
        self.PREFERRED_URL_SCHEME = urlsplit(self.PUBLIC_URL).scheme
        host = urlsplit(self.PUBLIC_URL).hostname or ""
        self.TRUSTED_HOSTS = [f"[{host}]" if ":" in host else host, "127.0.0.1", "localhost", "[::1]"]
        self.BABEL_DEFAULT_TIMEZONE = self.DEFAULT_TIMEZONE

    def _fresh_secret(self) -> str:
        return secrets.token_urlsafe(48)

    def _default_public_url(self) -> str:
        return address_of(self.BIND)

    def _check_public_url(self) -> None:
        url = origin(self.PUBLIC_URL)
        if url is None:
            raise SettingsError(f"PUBLIC_URL is “{self.PUBLIC_URL}”: write a scheme and a host only, such as https://journal.example.org.")
        if url.scheme == "http" and not is_loopback(url.hostname or ""):
            raise SettingsError(
                f"PUBLIC_URL is “{self.PUBLIC_URL}”: plain http would show entries to the network. Use https, or a loopback address."
            )

    def _check_zone(self) -> None:
        try:
            ZoneInfo(self.DEFAULT_TIMEZONE)
        except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
            raise SettingsError(f"DEFAULT_TIMEZONE is “{self.DEFAULT_TIMEZONE}”: write a zone such as Europe/Lisbon.") from problem

    def _check_generator(self) -> None:
        bits = self.PASS_LENGTH * math.log2(len(set(self.PASS_CHARS)))
        if bits < MIN_BITS or not self.PASS_CHARS.isprintable() or " " in self.PASS_CHARS:
            raise SettingsError(
                f"PASS_LENGTH and PASS_CHARS make passwords of {bits:.0f} bits: take enough printable characters for {MIN_BITS}."
            )

    def _database_uri(self) -> str:
        url = with_driver(self.DATABASE_URL or f"sqlite:///{self.DATA_DIR}/daybook.db")
        if url.partition("://")[2].partition("/")[0].count("@") > 1:
            raise SettingsError("DATABASE_URL has an @ in its name or password: write it as %40.")
        if not is_of_database(url):
            raise SettingsError("DATABASE_URL must be sqlite:/// and the path of a file, or begin with postgresql://.")
        return url


class DevelopmentConfig(Config):
    """For working on Daybook: no setting is needed, and people are signed out when the server restarts."""


class TestingConfig(Config):
    """For the test suite: a fixed key, cheap password hashes, emails that nobody sends."""

    TESTING = True
    PASSWORD_METHOD = "scrypt:1024:1:1"  # noqa: S105

    def _default_public_url(self) -> str:
        return "http://localhost"

    def _fresh_secret(self) -> str:
        return "a fixed key, long enough, that only the test suite knows"


class ProductionConfig(Config):
    """For real journals: refuses to start on anything that would make them unsafe, and names the fix."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(environ)
        if len(self.SECRET_KEY) < MIN_SECRET_LENGTH or self.SECRET_KEY == SAMPLE_SECRET:
            raise SettingsError(
                f"SECRET_KEY is a sample or shorter than {MIN_SECRET_LENGTH} characters: run `python manage.py configure`, "
                "or set it to the output of `python -c 'import secrets; print(secrets.token_urlsafe(48))'`."
            )
        if environ.get("FLASK_DEBUG", "").lower() not in {"", "0", "false", "no"}:
            raise SettingsError("FLASK_DEBUG is on: the debugger would hand the server to strangers. Unset it in production.")

    def _default_public_url(self) -> str:
        return ""

    def _fresh_secret(self) -> str:
        raise SettingsError(
            "SECRET_KEY is not set: run `python manage.py configure` once, which writes a fresh one to .env, or set it yourself."
        )

    def _check_public_url(self) -> None:
        if not self.PUBLIC_URL:
            raise SettingsError("PUBLIC_URL is not set: give the address that people type, such as https://journal.example.org.")
        super()._check_public_url()


config: dict[str, type[Config]] = {"development": DevelopmentConfig, "testing": TestingConfig, "production": ProductionConfig}


def load(name: str | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Return the settings of the environment `name`, or of the one that FLASK_CONFIG names; SettingsError says what is wrong."""
    values = environment(environ)
    chosen = name or str(SETTINGS[0].read(values))
    if chosen not in config:
        raise SettingsError(f"There is no environment “{chosen}”: choose one of {', '.join(config)}.")
    return config[chosen](values)
