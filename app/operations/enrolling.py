"""Making accounts for other people, one or a whole list at once: all of them or none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.extensions import db
from app.formats.people import PersonRow
from app.mail import outbox
from app.models import AddressChange, AuditAction, Role, User
from app.operations import account_state, audit, registration
from app.operations.errors import UsernameTaken
from app.queries import accounts
from app.queries.accounts import CurrentUser
from app.text import account_names, names
from app.text.folding import clean_line, fold

BATCH_SIZE = 12


@dataclass(frozen=True)
class Planned:
    """What is to be done about one row of a list.

    `problem` says why nothing can be (a key of `app.admin.wording.PROBLEMS`), `is_there` that the person was made before.
    """

    row: PersonRow
    username: str = ""
    problem: str = ""
    is_there: bool = False

    @property
    def is_new(self) -> bool:
        """Whether an account is to be made."""
        return not self.problem and not self.is_there


def plan(rows: Sequence[PersonRow], longest_username: int) -> list[Planned]:
    """Say for every row what would happen, and which user name the person would get; nothing is changed."""
    rows = [_tidy(row) for row in rows]
    there = _there_already(rows)
    chooser = _Chooser(rows, longest_username)
    seen: set[str] = set()
    found = []
    for row in rows:
        keys = {_key(row), names.fold_email(row.email)} - {""}
        if problem := _problem(row, keys & seen):
            found.append(Planned(row, problem=problem))
        elif keys & there:
            found.append(Planned(row, is_there=True))
        else:
            username = chooser.choose(row)
            found.append(Planned(row, username, problem="" if username else "username"))
        seen |= keys
    return found


def make(
    planned: Sequence[Planned], actor: CurrentUser, timezone: str, locale: str, now: datetime, *, by_letter: bool, is_list: bool = True
) -> list[User]:
    """Make the accounts that are to be made and return them; emails with first links go to those who have an address.

    They are confirmed, on the word of who makes them, and have no password until their person chooses one. All of it is a few
    statements, however many they are. Raises UsernameTaken where a name or an address was taken meanwhile.
    """
    role = db.session.scalars(select(Role).where(Role.name == Role.USER)).one()
    made = []
    for one in planned:
        if one.is_new:
            user = registration.new(one.username, one.row.email, None, timezone=timezone, locale=locale, now=now, role=role, confirmed=True)
            user.name_given_by_admin = one.row.full_name
            user.import_key = _key(one.row) if is_list else None
            made.append(user)
    try:
        with db.session.begin_nested():
            db.session.add_all(made)
    except IntegrityError as problem:
        raise UsernameTaken from problem
    for user in made:
        audit.note(AuditAction.CREATE, user.username, actor, now)
        if by_letter:
            outbox.first_password(user, now)
    return made


def renew_link(user: User, actor: CurrentUser, now: datetime) -> None:
    """End every link and code that somebody, who is locked and chose no password yet, was given before another is made."""
    account_state.end_everything(user)
    audit.note(AuditAction.FIRST_LINK, user.username, actor, now)


def _tidy(row: PersonRow) -> PersonRow:
    facts = {name: clean_line(getattr(row, name)) for name in ("surname", "first_name", "patronymic", "email", "username")}
    return PersonRow(row.line, **facts)


def _key(row: PersonRow) -> str:
    """Return what tells one row from another: all of it, whatever its capitals."""
    return fold("\n".join([row.surname, row.first_name, row.patronymic, row.email, row.username]))[: User.MAX_IMPORT_KEY_LENGTH]


def is_name_too_long(row: PersonRow) -> bool:
    """Say whether the names of a person are more than an account keeps, all together."""
    return len(row.full_name) > User.MAX_NAME_LENGTH


def _problem(row: PersonRow, seen_before: set[str]) -> str:
    if seen_before:
        return "twice"
    if not row.full_name:
        return "no-name"
    if is_name_too_long(row):
        return "name-long"
    if row.email and names.email_fault(row.email):
        return "email"
    return "username" if row.username and names.username_fault(row.username) else ""


def _there_already(rows: Sequence[PersonRow]) -> set[str]:
    """Return the keys and folded addresses of these rows that somebody has already."""
    keys, emails = [_key(row) for row in rows], [names.fold_email(row.email) for row in rows if row.email]
    found = set(db.session.scalars(select(User.import_key).where(User.import_key.in_(keys))))
    found |= set(db.session.scalars(select(User.email_folded).where(User.email_folded.in_(emails))))
    old = AddressChange.old_email_folded
    found |= set(db.session.scalars(select(old).where(old.in_(emails), AddressChange.undoable(clock.now()))))
    return {key for key in found if key}


class _Chooser:
    """Gives each row a user name that nobody has and no other row gets; names that rows ask for are not given to others."""

    def __init__(self, rows: Sequence[PersonRow], longest: int) -> None:
        self.longest = longest
        self.asked_for = {names.skeleton(row.username) for row in rows if row.username}
        self.given: set[str] = set()
        self.asked: set[str] = set()
        self.free: dict[str, str] = {}
        self.walks: dict[tuple[str, str, str], Iterator[str]] = {}
        self._ask([name for row in rows for name in ([row.username] if row.username else islice(self._candidates(row), BATCH_SIZE))])

    def choose(self, row: PersonRow) -> str:
        """Return the best user name left for a row, nothing where there is none."""
        if row.username:
            looks = names.skeleton(row.username)
            is_free = row.username in self.free and looks not in self.given
            self.given.add(looks)
            return row.username if is_free else ""
        walk = self.walks.setdefault((row.surname, row.first_name, row.patronymic), self._free(row))
        return next(walk, "")

    def _free(self, row: PersonRow) -> Iterator[str]:
        """Yield the free names of a row; people of the same names go on where the one before stopped."""
        candidates = self._candidates(row)
        while some := list(islice(candidates, BATCH_SIZE)):
            self._ask(some)
            for name in some:
                looks = self.free.get(name, "")
                if looks and looks not in self.given and looks not in self.asked_for:
                    self.given.add(looks)
                    yield name

    def _ask(self, usernames: Sequence[str]) -> None:
        """Find out which of these names are free, and what they look like; what is known already is not asked for again."""
        unknown = [name for name in dict.fromkeys(usernames) if name not in self.asked]
        if unknown:
            self.asked.update(unknown)
            self.free.update({name: names.skeleton(name) for name in accounts.free_usernames(unknown)})

    def _candidates(self, row: PersonRow) -> Iterator[str]:
        return account_names.candidates(row.surname, row.first_name, row.patronymic, self.longest)
