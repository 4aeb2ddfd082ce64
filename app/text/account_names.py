"""What somebody could be called here: user names made of a person's own names, and passwords made of chance."""

import secrets
from collections.abc import Iterator

from app.text.names import is_reserved, is_username
from app.text.transliteration import to_latin

LAST_NUMBER = 999


def candidates(surname: str, first_name: str, patronymic: str, longest: int) -> Iterator[str]:
    """Yield user names of at most `longest` characters, the best first, each once; none where the names hold no letter.

    The house rule is the surname with the initials; then other ways to put the names together, then numbers.
    """
    seen: set[str] = set()
    for name in _put_together(to_latin(surname), to_latin(first_name), to_latin(patronymic), longest):
        if name not in seen and is_username(name) and not is_reserved(name):
            seen.add(name)
            yield name


def _put_together(surname: str, first: str, patronymic: str, longest: int) -> Iterator[str]:
    initials = first[:1] + patronymic[:1]
    if surname:
        forms = [(surname, f".{initials}"), (surname, initials), (surname, f".{first[:1]}"), (f"{first}.{surname}", "")]
        forms += [(f"{first[:1]}.{surname}", ""), (f"{initials}{surname}", ""), (f"{surname}.{first}", ""), (surname, ""), (first, "")]
    else:
        initials = patronymic[:1] if first else ""
        forms = [(first or patronymic, ""), (first, f".{initials}"), (f"{first}.{patronymic}", "")]
    for head, tail in forms:
        yield _cut(head, tail, longest)
    for number in range(2, LAST_NUMBER + 1):
        yield _cut(surname or first or patronymic, f"{initials}{number}", longest)


def _cut(head: str, tail: str, longest: int) -> str:
    """Return head and tail in one, the head cut to fit; nothing where there is no head."""
    head = head.strip(".")[: max(0, longest - len(tail))].strip(".")
    return (head + tail).strip(".") if head else ""


def password(characters: str, length: int) -> str:
    """Return `length` characters picked at random."""
    return "".join(secrets.choice(characters) for _ in range(length))
