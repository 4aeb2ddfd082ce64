"""How a text names files, and what stands in their place when it is shown.

`![a boat](attachment:k3v9q2m7xw4a)` shows the file, `[the letter](attachment:…)` links to it.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from itertools import count

SCHEME = "attachment:"
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 12
COLUMN = 720
"""Width of a text in pixels, where nobody has changed the size of letters."""
LONG = 2.5
"""So many times as high as wide, a picture is shown as wide as the text and as high as that makes it."""

A_ROW = 3
"""So many photos stand in a row at most."""
NARROWEST, WIDEST = 4, 30
"""A photo that is narrower or wider than that, in tenths of its height, has the share of a row that this gives."""

_REFERENCE = re.compile(r"(?<![\w-])attachment:([0-9a-z][0-9a-z-]{3,35})(?![\w-])")
_WHOLE = re.compile(r"!?\[([^\]\n]{0,500})\]\(attachment:([0-9a-z][0-9a-z-]{3,35})\)")

_ADDRESS = re.compile(r"((?:src|href)=\"|srcset=\"|w, )(?=/file/[\w-]{22}[/\"]|/entry/[0-9]+(?:/photo/[0-9]+)?\")")


@dataclass(frozen=True)
class Shown:
    """What a page needs to show a file: its address, how, and for a picture its size and the widths it is there in."""

    address: str
    kind: str
    name: str
    width: int = 0
    height: int = 0
    widths: tuple[int, ...] = ()

    @property
    def smallest(self) -> int:
        """The smallest width that a picture is there in, 0 for what is none."""
        return min(self.widths, default=0)


Files = Mapping[str, Shown]

_PHOTO = re.compile(r"<a class=\"(photo(?: long)?)\" href=\"(/file/[\w-]{22})\"[^>]*>\s*<img ([^>]*)>")
_ALONE = r"<p([^>]*)>(<a class=\"photo\"[^>]*><img [^>]* width=\"(\d+)\" height=\"(\d+)\"[^>]*></a></p>)\s*"
_PHOTO_ALONE, _SUCCESSION = re.compile(_ALONE), re.compile(rf"(?:{_ALONE}){{2,}}")
_ALT = re.compile(r"(<a class=\"photo[^>]*><img [^>]*alt=\")([^\"]*)(?=\")")
_FILE_NAME = re.compile(r"\S+\.[A-Za-z]{3,4}")
_ATTRIBUTE = re.compile(r"(alt|width|height)=\"([^\"]*)\"")


@dataclass(frozen=True)
class ShownPhoto:
    """A photo as an entry's HTML shows it: where it is found at its largest, its description, and its size in pixels.

    A name of a file is no description.
    """

    address: str
    description: str
    width: int
    height: int


def new_uid() -> str:
    """Return a name for a file, short enough to stand in a text."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def references(text: str) -> set[str]:
    """Return the uids of the files that a text names, in code too."""
    return set(_REFERENCE.findall(text)) if SCHEME in text else set()


def descriptions(text: str) -> dict[str, str]:
    """Return the files that a text shows or links to, by uid and in its order, each with its first description."""
    found: dict[str, str] = {}
    for match in _WHOLE.finditer(text) if SCHEME in text else ():
        found.setdefault(match[2], match[1])
    return found


def reference(uid: str, description: str, *, is_document: bool = False) -> str:
    """Return the Markdown that shows a file, or links to a document."""
    words = re.sub(r"[\[\]\\`\n]", " ", description).strip()
    return f"{'' if is_document else '!'}[{words}]({SCHEME}{uid})"


def without_names(text: str) -> str:
    """Return a text without the names of its files, which nobody searches for."""
    return _REFERENCE.sub(" ", text) if SCHEME in text else text


def replaced(text: str, instead: Callable[[str, str], str | None]) -> str:
    """Return a text in which each reference is what `instead` makes of its uid and description; None leaves it as it is."""

    def one(found: re.Match[str]) -> str:
        new = instead(found[2], found[1])
        return found[0] if new is None else new

    return _WHOLE.sub(one, text) if SCHEME in text else text


def moved(text: str, place: Callable[[str], str | None]) -> str:
    """Return a text whose references lead to what `place` says of their uids, for Markdown that stands outside of Daybook."""
    return _REFERENCE.sub(lambda found: place(found[1]) or found[0], text) if SCHEME in text else text


def html_of(file: Shown, description: str) -> str:
    """Return the HTML that shows a file; `description` is for those who cannot see it, the file's name stands in for none."""
    address, words = escape(file.address), escape(description or file.name)
    if file.kind == "photo":
        kind = "photo long" if file.height > LONG * file.width else "photo"
        return f'<a class="{kind}" href="{address}">{_picture(file, words)}</a>'
    if file.kind == "audio":
        return f'<audio src="{address}" title="{words}" controls="" preload="none"></audio>'
    if file.kind == "video":
        return f'<video src="{address}" title="{words}" controls="" preload="metadata"></video>'
    return f'<a class="file" href="{address}">{words}</a>'


def photos_in(html: str) -> list[ShownPhoto]:
    """Return the photos that an entry's HTML shows, in their order."""
    found = []
    for match in _PHOTO.finditer(html):
        facts = dict(_ATTRIBUTE.findall(match[3]))
        words = unescape(facts.get("alt", ""))
        description = "" if _FILE_NAME.fullmatch(words) else words
        found.append(ShownPhoto(match[2], description, int(facts.get("width") or 0), int(facts.get("height") or 0)))
    return found


def with_photo_pages(html: str, address: Callable[[int], str]) -> str:
    """Return HTML whose photos lead to what `address` says of their number, from 1, instead of to the bare file."""
    numbers = count(1)
    return _PHOTO.sub(lambda match: f'<a class="{match[1]}" href="{escape(address(next(numbers)))}"><img {match[3]}>', html)


def with_photos_in_rows(html: str) -> str:
    """Return HTML in which photos that follow each other stand in rows: three in one, more of them in rows of two and three.

    Each photo has a class by how wide it is beside its height, in tenths, so that a style sheet can give each its share of a row.
    """
    return _SUCCESSION.sub(lambda run: f'<div class="photos">{"".join(_rows(run[0]))}</div>', html)


def _rows(run: str) -> Iterator[str]:
    photos = [_with_share(*found.groups()) for found in _PHOTO_ALONE.finditer(run)]
    rows_left = -(-len(photos) // A_ROW)
    while rows_left:
        number = -(-len(photos) // rows_left)
        yield f'<div class="photo-line">{"".join(photos[:number])}</div>'
        photos, rows_left = photos[number:], rows_left - 1


def _with_share(attributes: str, photo: str, width: str, height: str) -> str:
    share = round(10 * int(width) / max(int(height), 1))
    return f'<p class="share-{min(max(share, NARROWEST), WIDEST)}"{attributes}>{photo}'


def described(html: str, words: str) -> str:
    """Return HTML in which `words` stand in for the description of a photo that has none but the name of its file."""
    return _ALT.sub(lambda found: found[1] + (escape(words) if _FILE_NAME.fullmatch(unescape(found[2])) else found[2]), html)


def under(root: str, html: str) -> str:
    """Return HTML whose files and entries are found under `root`: the path an application is mounted at, or another host for a feed."""
    return _ADDRESS.sub(rf"\g<1>{root}", html) if root else html


def _picture(file: Shown, words: str) -> str:
    widths = sorted(file.widths)
    sources = ", ".join(f"{escape(file.address)}/{width} {width}w" for width in widths)
    source = next((width for width in widths if width >= 900), widths[-1] if widths else 0)
    shown = min(COLUMN, file.width) or COLUMN
    sizes = f"(max-width: {shown + 64}px) 92vw, {shown}px"
    return (
        f'<img src="{escape(file.address)}/{source}" srcset="{sources}" sizes="{sizes}" width="{file.width}" height="{file.height}"'
        f' alt="{words}" loading="lazy" decoding="async">'
    )
