"""Lists of people as spreadsheets write them: CSV with a header row, in any of the usual separators (RFC 4180)."""

import codecs
import csv
import io
import re
from dataclasses import dataclass

MAX_BYTES = 1_000_000
MAX_PEOPLE = 2000
SEPARATORS = ",;\t|"
ENCODINGS = ("windows-1251", "windows-1252", "koi8-r", "cp866", "gb18030")
HEADINGS = {
    "surname": ("surname", "last name", "family name", "lastname", "фамилия"),
    "first_name": ("first name", "given name", "name", "firstname", "имя"),
    "patronymic": ("patronymic", "middle name", "отчество"),
    "full_name": ("фио", "ф.и.о.", "фамилия имя отчество"),
    "email": (
        "email",
        "e-mail",
        "mail",
        "e-mail address",
        "email address",
        "e-mail 1 - value",
        "address",
        "почта",
        "электронная почта",
        "эл. почта",
    ),
    "username": ("username", "user name", "login", "логин", "имя пользователя"),
}
_SEPARATOR_LINE = re.compile(r'"?sep=([,;|\t])"?\n', re.IGNORECASE)
"""The line by which Excel is told what separates cells."""
_QUOTED = re.compile(r'"[^"\n]*"')
_FIELDS = {heading: field for field, headings in HEADINGS.items() for heading in headings}


class UnreadableList(Exception):
    """A file is no list of people; `reason` is `large`, `encoding`, `line`, `header` or `many`, `line` where it is known."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"{reason} {line or ''}".strip())
        self.reason, self.line = reason, line


@dataclass(frozen=True)
class PersonRow:
    """One person of a list; `line` is where the row ends in the file, from 1. What the list does not say is empty."""

    line: int
    surname: str = ""
    first_name: str = ""
    patronymic: str = ""
    email: str = ""
    username: str = ""

    @property
    def full_name(self) -> str:
        """How the person is called: first name, patronymic, surname."""
        return " ".join(part for part in (self.first_name, self.patronymic, self.surname) if part)


def decode(data: bytes, encoding: str = "") -> str:
    """Return the text of a file: in the encoding that is named, else as its first bytes say, else UTF-8; raise UnreadableList."""
    if len(data) > MAX_BYTES:
        raise UnreadableList("large")
    if encoding and encoding not in ENCODINGS:
        raise UnreadableList("encoding")
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode(encoding or ("utf-16" if is_utf16 else "utf-8")).removeprefix("\ufeff")
    except UnicodeDecodeError as problem:
        raise UnreadableList("encoding") from problem


def read(text: str) -> list[PersonRow]:
    """Return the people of a list; raise UnreadableList where it has no header row that names what is needed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").lstrip("\n")
    told = _SEPARATOR_LINE.match(text)
    text = text[told.end() :] if told else text
    header = _QUOTED.sub("", text.partition("\n")[0])
    separator = told[1] if told else max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as problem:
        raise UnreadableList("line", reader.line_num) from problem
    rows = [(line, row) for line, row in rows if any(row)]
    fields = [_FIELDS.get(" ".join(cell.casefold().split()), "") for cell in rows[0][1]] if rows else []
    if not {"surname", "first_name", "patronymic", "full_name"} & set(fields):
        raise UnreadableList("header")
    if len(rows) - 1 > MAX_PEOPLE:
        raise UnreadableList("many")
    return [_person(line, _by_field(fields, row)) for line, row in rows[1:]]


def _by_field(fields: list[str], row: list[str]) -> dict[str, str]:
    """Return a row's cells by what they are; of several columns of one kind the first that says something."""
    cells: dict[str, str] = {}
    for field, cell in zip(fields, row, strict=False):
        cells[field] = cells.get(field) or cell
    return cells


def _person(line: int, cells: dict[str, str]) -> PersonRow:
    cells.pop("", None)
    surname, first_name, patronymic = [*cells.pop("full_name", "").split(maxsplit=2), "", "", ""][:3]
    found = {"surname": surname, "first_name": first_name, "patronymic": patronymic}
    return PersonRow(line, **{**found, **{name: cell for name, cell in cells.items() if cell}})
