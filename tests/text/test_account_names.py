"""User names made of people's names, and names that look alike."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import account_names, names
from app.text.transliteration import to_latin

# ICAO Doc 9303, part 3, section 6, table B, written out once more from the printed table.
PASSPORT = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "д": "d",
    "е": "e",
    "ё": "e",
    "ж": "zh",
    "з": "z",
    "и": "i",
    "й": "i",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "ie",
    "ы": "y",
    "ь": "",
    "э": "e",
    "ю": "iu",
    "я": "ia",
}


@pytest.mark.parametrize(("letter", "latin"), PASSPORT.items())
def test_every_russian_letter_follows_the_passport_table(letter: str, latin: str) -> None:
    assert to_latin(letter) == to_latin(letter.upper()) == latin


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("Щукин", "shchukin"),
        ("Юрий", "iurii"),
        ("Ёжиков", "ezhikov"),
        ("Подъячева", "podieiacheva"),
        ("王小明", "wangxiaoming"),
        ("Łukasz Żak", "lukaszzak"),
        ("O'Neill-Smith", "oneillsmith"),
        ("Αθηνά", "athina"),
        ("…", ""),
    ],
)
def test_names_become_latin(written: str, latin: str) -> None:
    assert to_latin(written) == latin


def test_candidates_begin_with_the_house_rule_and_go_on_with_numbers() -> None:
    found = list(islice(account_names.candidates("Щукин", "Юрий", "Ёжиков", 12), 12))
    assert found[:2] == ["shchukin.ie", "shchukinie"]
    assert {"i.shchukin", "shchukin", "iurii"} <= set(found) and "shchukinie2" in found
    assert list(islice(account_names.candidates("", "Ольга", "", 12), 3)) == ["olga", "olga2", "olga3"]
    assert next(account_names.candidates("", "", "Ёжиков", 12)) == "ezhikov"
    assert list(account_names.candidates("!", "", "…", 12)) == []
    assert "admin" not in list(islice(account_names.candidates("Admin", "", "", 12), 3))


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.integers(4, 20))
def test_every_candidate_can_be_a_user_name(surname: str, first_name: str, patronymic: str, longest: int) -> None:
    found = list(islice(account_names.candidates(surname, first_name, patronymic, longest), 30))
    assert len(found) == len(set(found))
    assert all(names.is_username(name) and len(name) <= longest and name.isascii() and not names.is_reserved(name) for name in found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("coco", "сосо"),
        ("modern", "modem"),
        ("ivan1", "ivanl"),
        ("Ada", "αda"),
        ("paypal", "раураl"),
        ("bill", "biII"),
        ("O0", "00"),
        ("ben", "b\u200ben"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert names.skeleton(one) == names.skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("ada", "ida"), ("ёж", "еж"), ("anna", "anne"), ("王", "玉")])
def test_names_that_look_different_have_two(one: str, other: str) -> None:
    assert names.skeleton(one) != names.skeleton(other)


@pytest.mark.parametrize("name", ["admin", "adrnin", "Administrаtor", "a11", "Dаybook", "rnail", "support\u00ad"])
def test_what_looks_like_a_reserved_name_is_reserved(name: str) -> None:
    assert names.is_reserved(name)
