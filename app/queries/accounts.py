"""Finding people, and who is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app import clock
from app.extensions import db
from app.models import AddressChange, Draft, LoginSession, Permission, Role, SecurityEvent, SecurityEventKind, User
from app.models.draft import HAS_CONTENT
from app.text import names, quiet_days, saved_searches
from app.text.folding import fold
from app.text.quiet_days import Span
from app.text.saved_searches import SavedSearch


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """Who is signed in, as one joined row says it: what every page needs of person, role and session, and nothing to change.

    `session_key` is what this browser's cookie carries; it is stored nowhere.
    """

    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    session_id: int
    last_seen_at: datetime
    expires_at: datetime
    is_remembered: bool
    reauthenticated_at: datetime
    id: int
    username: str
    email: str | None
    timezone: str
    locale: str
    is_confirmed: bool
    is_closed: bool
    role: str
    permissions: int
    default_visibility: str
    day_ends_at: int
    week_begins_on: int
    display_name: str
    theme: str
    keep_originals: bool
    lock_after_days: int
    mood_enabled: bool
    prompt_mode: str
    prompt_rest_days: str
    search_languages: str
    saved_searches: str
    quiet_days: str
    drafts: int
    session_key: str

    @property
    def searches(self) -> list[SavedSearch]:
        """The searches that the person keeps under a name."""
        return saved_searches.parse(self.saved_searches)

    @property
    def quiet_spans(self) -> list[Span]:
        """The days that looking back leaves out."""
        return quiet_days.parse(self.quiet_days)

    @property
    def moderates(self) -> bool:
        """Whether the person may hide public entries."""
        return self.may(Permission.MODERATE)

    @property
    def administers(self) -> bool:
        """Whether the person may look after people."""
        return self.may(Permission.ADMINISTER)

    @property
    def is_admitted(self) -> bool:
        """Whether the address is confirmed and the account is open."""
        return self.is_confirmed and not self.is_closed

    def get_id(self) -> str:
        """Return what Flask-Login writes into the cookie: the session's random key, never the person's id."""
        return self.session_key

    def may(self, permission: Permission) -> bool:
        """Say whether the person's role permits this."""
        return self.permissions & permission == permission

    def is_live(self, now: datetime) -> bool:
        """Say whether the session still counts: 30 days at most, 12 hours idle unless it is remembered."""
        idle = LoginSession.MAX_LIFETIME if self.is_remembered else LoginSession.MAX_IDLE
        return now < self.expires_at and now - self.last_seen_at < idle

    def has_proved_lately(self, now: datetime) -> bool:
        """Say whether the password was given in this browser in the last ten minutes."""
        return now - self.reauthenticated_at < LoginSession.REAUTHENTICATED_FOR

    def is_seen_long_ago(self, now: datetime) -> bool:
        """Say whether it is time to note again that the browser was here."""
        return now - self.last_seen_at >= LoginSession.SEEN_EVERY


_SIGNED_IN = (
    select(
        LoginSession.id.label("session_id"),
        LoginSession.last_seen_at,
        LoginSession.expires_at,
        LoginSession.is_remembered,
        LoginSession.reauthenticated_at,
        User.id,
        User.username,
        User.email,
        User.timezone,
        User.locale,
        User.confirmed_at.is_not(None).label("is_confirmed"),
        User.closed_at.is_not(None).label("is_closed"),
        Role.name.label("role"),
        Role.permissions,
        User.default_visibility,
        User.day_ends_at,
        User.week_begins_on,
        User.display_name,
        User.theme,
        User.keep_originals,
        User.lock_after_days,
        User.mood_enabled,
        User.prompt_mode,
        User.prompt_rest_days,
        User.search_languages,
        User.saved_searches,
        User.quiet_days,
        select(func.count()).where(Draft.user_id == User.id, Draft.finished_at.is_(None), HAS_CONTENT).scalar_subquery().label("drafts"),
    )
    .join(User, User.id == LoginSession.user_id)
    .join(Role, Role.id == User.role_id)
    .where(LoginSession.token_hash == bindparam("token_hash"), User.suspended_at.is_(None))
)


def signed_in(key: str, token_hash: str, now: datetime) -> CurrentUser | None:
    """Return who is signed in with this key, None where nobody is any more."""
    row = db.session.connection().execute(_SIGNED_IN, {"token_hash": token_hash}).one_or_none()
    found = CurrentUser(**row._asdict(), session_key=key) if row else None
    return found if found is not None and found.is_live(now) else None


def permissions_still(person: CurrentUser, now: datetime) -> int | None:
    """Return what the person of a session that a request began with may do by now, None where the session is over."""
    found = select(Role.permissions).join(User, User.role_id == Role.id).join(LoginSession, LoginSession.user_id == User.id)
    mine = (LoginSession.id == person.session_id, LoginSession.expires_at > now, User.suspended_at.is_(None))
    return db.session.scalar(found.where(*mine))


def devices_of(user_id: int, now: datetime) -> list[LoginSession]:
    """Return a person's signed-in browsers, the one seen last first."""
    live = or_(LoginSession.is_remembered, LoginSession.last_seen_at > now - LoginSession.MAX_IDLE)
    return list(
        db.session.scalars(
            select(LoginSession)
            .where(LoginSession.user_id == user_id, LoginSession.expires_at > now, live)
            .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
            .limit(LoginSession.MAX_PER_USER)
        )
    )


def by_username(username: str) -> User | None:
    """Return the person with this user name, however it is spelled."""
    return db.session.scalars(_people().where(User.username_folded == fold(username))).one_or_none()


def free_usernames(usernames: Sequence[str], *, besides: int = 0) -> list[str]:
    """Return those of these user names that nobody, `besides` one account, has and that look like nobody's, in their order.

    A name that an account can still be brought back to is had by it.
    """
    skeletons = {username: names.skeleton(username) for username in usernames}
    alike, same = User.username_skeleton, User.username_folded
    others = User.id != besides
    taken = set(db.session.scalars(select(alike).where(alike.in_(set(skeletons.values())), others)))
    folded = set(db.session.scalars(select(same).where(same.in_([fold(name) for name in usernames]), others)))
    taken |= _skeletons_to_return_to(besides)
    return [name for name in usernames if skeletons[name] not in taken and fold(name) not in folded]


def _skeletons_to_return_to(besides: int) -> set[str]:
    renamed = (SecurityEvent.kind == SecurityEventKind.USERNAME_CHANGED, SecurityEvent.undone_at.is_(None))
    lately = SecurityEvent.at > clock.now() - SecurityEvent.UNDONE_WITHIN
    found = db.session.scalars(select(SecurityEvent.undo).where(*renamed, lately, SecurityEvent.user_id != besides))
    return {names.skeleton(str((undo or {}).get("username", ""))) for undo in found}


def looking_like(name: str) -> int | None:
    """Return the id of the person whose user name looks like `name`."""
    return db.session.scalar(select(User.id).where(User.username_skeleton == names.skeleton(name)))


def by_email(email: str) -> User | None:
    """Return the person with this address."""
    return db.session.scalars(_people().where(User.email_folded == names.fold_email(email))).one_or_none()


def is_email_taken(email: str, now: datetime, *, besides: int = 0) -> bool:
    """Say whether an address belongs to an account, `besides` one: has it now, or can still be brought back to it."""
    folded = names.fold_email(email)
    has_it = exists().where(User.email_folded == folded, User.id != besides)
    returns_to_it = exists().where(AddressChange.old_email_folded == folded, AddressChange.user_id != besides, AddressChange.undoable(now))
    return bool(db.session.scalar(select(or_(has_it, returns_to_it))))


def by_name_or_email(name: str) -> User | None:
    """Return the person that a log-in form names; no user name holds an @."""
    return by_email(name) if "@" in name else by_username(name)


def by_id(user_id: int) -> User | None:
    """Return the person with this id."""
    return db.session.scalars(_people().where(User.id == user_id)).one_or_none()


def by_id_for_change(user_id: int) -> User | None:
    """Return the person with this id as the row is now, locked until the transaction ends; others may go on to add what is theirs."""
    locked = _people().where(User.id == user_id).with_for_update(of=User, key_share=True).execution_options(populate_existing=True)
    return db.session.scalars(locked).one_or_none()


def list_all() -> list[User]:
    """Return all people by name, for the command line."""
    return list(db.session.scalars(_people().order_by(User.username_folded)))


def has_administrator() -> bool:
    """Say whether anybody can look after the others yet."""
    administers = Role.permissions.op("&")(int(Permission.ADMINISTER)) != 0
    return bool(db.session.scalar(select(exists().where(User.role_id == Role.id, administers))))


def _people() -> Select[User]:
    return select(User).options(joinedload(User.role, innerjoin=True))


def role_named(name: str) -> Role | None:
    """Return the role of this name, whatever its case."""
    return db.session.scalars(select(Role).where(Role.name == name.capitalize())).one_or_none()
