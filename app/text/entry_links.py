"""How a text names another entry of the same journal: `[that day](entry:<uid>)`, wherever the journal is kept.

A number, as in `/entry/12`, is one server's own: what was written so, by hand too, is named by its uid in whatever leaves the server.
"""

import re
from collections.abc import Callable, Collection, Mapping

from app.text import markdown_code

SCHEME = "entry:"
MAX_LINKS = 500
"""Entries that one text links to; those beyond are shown as their words alone."""

_BEFORE = r"(?P<before>\]\([ \t]*+(?:\n[ \t]*+)?<?|\]:[ \t]*+(?:\n[ \t]*+)?<?{bare})"
_REFERENCE = re.compile(_BEFORE.format(bare="|<") + r"entry:(?P<uid>[0-9a-z-]{8,36})(?=[>)\s]|\Z)", re.IGNORECASE)
_NUMBER = _BEFORE.format(bare="") + r"{root}/entry/(?P<number>[1-9][0-9]{{0,9}})(?:[?#][^\s<>()]*)?(?=[>)\s]|\Z)"
_BARE = (
    r"\[[^\[\]\n]{{0,500}}\](?:\([^()\n]{{0,1000}}\)|\[[^\[\]\n]{{0,200}}\]|:[ \t]*\S+[ \t]*(?:[\"'(][^\n]*)?(?=\n|\Z))"
    r"|<(?P<address>{root}/entry/(?P<number>[1-9][0-9]{{0,9}})(?:[?#][^\s<>()]*)?)>"
    r"|(?:(?<!\S)|(?<=\s\()|(?<=^\())(?P<pasted>{root}/entry/(?P<it>[1-9][0-9]{{0,9}}))(?=[.,;:!?)\]]{{0,9}}(?:\s|\Z))"
)
"""Addresses as they are; those within a link or a definition belong to it."""
_SHOWN = re.compile(r'<a href="/entry/([1-9][0-9]{0,9})"[^>]*>(.*?)</a>', re.DOTALL)
_MARK = re.compile(r"[][\\`*<~]|(?<!\w)_|_(?!\w)")
"""What a line of Markdown may take for a mark (CommonMark 0.31, 2.4)."""
_ODD = re.compile(r"[^\w.%-]")
_ELSEWHERE = re.compile(r"(?:(?<!\\)\[(?P<words>(?:[^][\\\n]|\\.){0,500}))?\]\(entry-of:(?P<name>[\w.%-]{1,120})\)")


def references(text: str) -> list[str]:
    """Return the uids of the entries that a text links to, each once, in its order."""
    return list(dict.fromkeys(found["uid"].lower() for found in _REFERENCE.finditer(text)))[:MAX_LINKS] if SCHEME in text else []


def reference(uid: str, words: str) -> str:
    """Return the Markdown of a link to an entry, which shows these words as they are."""
    return f"[{as_words(words)}]({SCHEME}{uid})"


def as_words(text: str) -> str:
    """Return a line as Markdown that shows it as it is."""
    return _MARK.sub(_escaped, text)


def _escaped(mark: re.Match[str]) -> str:
    return f"\\{mark[0]}"


def portable(text: str, uids: Mapping[int, str], root: str) -> str:
    """Return a text whose links by number name the entry by its uid; `root` is the journal's own address, which may stand before them.

    Code stays as it is.
    """
    if "/entry/" not in text:
        return text

    def one(found: re.Match[str]) -> str:
        uid = uids.get(int(found["number"]))
        return f"{found['before']}{SCHEME}{uid}" if uid else found[0]

    def bare(found: re.Match[str]) -> str:
        uid = uids.get(int(found["number"] or found["it"] or 0))
        return reference(uid, found["address"] or found["pasted"]) if uid else found[0]

    def links(part: str) -> str:
        part = re.sub(_NUMBER.format(root=f"(?:{re.escape(root)})?"), one, part)
        return re.sub(_BARE.format(root=re.escape(root)), bare, part)

    return markdown_code.outside(text, links)


def moved(text: str, place: Callable[[str], str | None]) -> str:
    """Return a text whose links lead to what `place` says of their uids, for Markdown that stands outside of Daybook."""

    def one(found: re.Match[str]) -> str:
        there = place(found["uid"].lower())
        return f"{found['before']}{there}" if there else found[0]

    return markdown_code.outside(text, lambda part: _REFERENCE.sub(one, part)) if SCHEME in text else text


def resolved(text: str, uids: Mapping[str, str]) -> tuple[str, int]:
    """Return a text whose links by another program's names lead to the uids that these have here, and how many lead nowhere.

    Of those their words are left. A name that is written in small letters is that of capitals, too.
    """
    lost = 0

    def one(found: re.Match[str]) -> str:
        nonlocal lost
        uid, words = uids.get(found["name"]) or uids.get(found["name"].upper()), found["words"]
        lost += uid is None
        if uid is None:
            return "]" if words is None else words
        return f"{'' if words is None else f'[{words}'}]({SCHEME}{uid})"

    return (_ELSEWHERE.sub(one, text), lost) if "entry-of:" in text else (text, 0)


def shown_in(html: str) -> set[int]:
    """Return the numbers of the entries that HTML links to."""
    return {int(number) for number, _words in _SHOWN.findall(html)} if '"/entry/' in html else set()


def only_to(html: str, entry_ids: Collection[int]) -> str:
    """Return HTML whose links to other entries than these are their words alone."""
    return _SHOWN.sub(lambda found: found[0] if int(found[1]) in entry_ids else found[2], html)


def elsewhere(name: str) -> str:
    """Return where a link leads that names an entry as another program does, until it is known which entry that is here."""
    return f"entry-of:{_ODD.sub('-', name)[:120]}"
