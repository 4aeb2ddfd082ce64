"""Lists of people as spreadsheets write them."""

import pytest

from app.formats import people
from app.formats.people import PersonRow, UnreadableList

RUSSIAN = "Фамилия;Имя;Отчество;E-mail\nЩукин;Юрий;Ёжиков;yuri@example.org\nИванова;Мария;Петровна;\n"
EXPECTED = [PersonRow(2, "Щукин", "Юрий", "Ёжиков", "yuri@example.org"), PersonRow(3, "Иванова", "Мария", "Петровна")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_told_by_its_bytes(encoding: str) -> None:
    assert people.read(people.decode(RUSSIAN.encode(encoding))) == EXPECTED


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "cp866", "gb18030"])
def test_any_other_encoding_is_named_and_never_guessed(encoding: str) -> None:
    data = RUSSIAN.encode(encoding)
    assert people.read(people.decode(data, encoding)) == EXPECTED
    with pytest.raises(UnreadableList, match="encoding"):
        people.decode(data)


def test_every_encoding_that_can_be_chosen_reads_its_own() -> None:
    spanish = "Surname,First name,Email\nGarcía,José,jose@example.org\nMüller,Jürgen,j@example.org\n"
    assert people.read(people.decode(spanish.encode("windows-1252"), "windows-1252"))[1].first_name == "Jürgen"
    for encoding in people.ENCODINGS:
        assert people.decode(b"name\nAnn\n", encoding) == "name\nAnn\n"


@pytest.mark.parametrize("separator", list(people.SEPARATORS))
def test_usual_separators(separator: str) -> None:
    assert people.read(RUSSIAN.replace(";", separator)) == EXPECTED


def test_quotes_line_ends_and_columns_in_any_order() -> None:
    text = '\ufeff"E-Mail" , Notes, "Last  Name",First name\r\n\r\nann@example.org,"a, b\nc","Lee, jr.",Ann\r\n'.removeprefix("\ufeff")
    (row,) = people.read(text.replace(" , ", ","))
    assert (row.surname, row.first_name, row.email, row.full_name) == ("Lee, jr.", "Ann", "ann@example.org", "Ann Lee, jr.")
    assert people.read("ФИО\nЩукин Юрий Ёжиков\n") == [PersonRow(2, "Щукин", "Юрий", "Ёжиков")]
    assert people.read("name\n") == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "header"),
        (b"a,b\n1,2\n", "header"),
        (b"email\nx@example.org\n", "header"),
        (b"name\n" + b"x\n" * (people.MAX_PEOPLE + 1), "many"),
        (b"x" * (people.MAX_BYTES + 1), "large"),
        (b'name\n"' + b"x" * 140_000, "line"),
        (bytes(range(256)) * 4, "encoding"),
    ],
)
def test_what_is_no_list_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableList) as refusal:
        people.read(people.decode(data))
    assert refusal.value.reason == reason


def test_an_encoding_that_does_not_fit_is_refused() -> None:
    for encoding in ("gb18030", "nonsense"):
        with pytest.raises(UnreadableList):
            people.decode(RUSSIAN.encode("windows-1251"), encoding)


def test_lists_of_other_programs_keep_their_addresses() -> None:
    google = "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value\nAnn,Lee,* Home,ann@example.org\n"
    assert people.read(google) == [PersonRow(2, "Lee", "Ann", "", "ann@example.org")]
    assert people.read("Email,Name,Email\nann@example.org,Ann,\n")[0].email == "ann@example.org"
    assert people.read("sep=;\nName;Email\nAnn;a@example.org\n")[0].email == "a@example.org"
    assert people.read('"Notes; all; of; them",Name,Email\n"a",Ann,a@example.org\n')[0].full_name == "Ann"
