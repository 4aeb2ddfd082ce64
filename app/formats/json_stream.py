"""Reading a JSON object that is larger than memory should hold: one of its lists element by element, everything else as a whole.

The standard library's own decoder reads each value, and refuses what is nested too deeply; ijson, which reads such files, takes
memory by the square of the depth.
"""

import codecs
import json
from collections.abc import Iterator
from typing import Any

from app.formats.archive import Reading

_DECODER = json.JSONDecoder()
_SPACES = " \t\r\n"
_AFTER = {*_SPACES, *",:]}"}


def members(reading: Reading, one_by_one: str) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each member of an object, and each element of the list named `one_by_one` under that name.

    Raise ValueError or RecursionError for what is no object, or has no such list.
    """
    text, is_there = _Text(reading), False
    for _member in text.items("{", "}"):
        name = str(text.value())
        text.take(":")
        if name != one_by_one:
            yield name, text.value()
            continue
        if is_there:
            raise ValueError(f"it has two lists of {one_by_one}")
        is_there = True
        for _element in text.items("[", "]"):
            yield name, text.value()
    if not is_there or text.next_character():
        raise ValueError(f"it is no object with a list of {one_by_one}")


class _Text:
    """What was read of a text and not taken yet."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.at, self.is_whole = "", 0, False

    def next_character(self) -> str:
        """Return the next character that is no space, and stay before it; at the end none."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _SPACES:
                self.at += 1
            if self.at < len(self.text) or self.is_whole:
                return self.text[self.at : self.at + 1]
            self._read_more(1)

    def takes(self, character: str) -> bool:
        """Take this character, if it is the next one, and say whether it was."""
        is_next = self.next_character() == character
        self.at += is_next
        return is_next

    def take(self, character: str) -> None:
        """Take this character; raise ValueError where another one is next."""
        if not self.takes(character):
            raise ValueError(f"“{character}” is missing")

    def value(self) -> Any:
        """Take a value; it is whole when something follows that cannot belong to it, since a number could go on."""
        self.next_character()
        while True:
            try:
                found, end = _DECODER.raw_decode(self.text, self.at)
            except ValueError:
                if self.is_whole:
                    raise
            else:
                if self.is_whole or self.text[end : end + 1] in _AFTER:
                    self.at = end
                    self.reading.let_go()
                    return found
            self._read_more(len(self.text) - self.at)

    def items(self, first: str, last: str) -> Iterator[None]:
        """Stay before each item between two brackets; who asks takes it."""
        self.take(first)
        if self.takes(last):
            return
        yield
        while self.takes(","):
            yield
        self.take(last)

    def _read_more(self, least: int) -> None:
        """Read at least so many characters, as far as there are so many: a long value is tried twice as rarely as it grows."""
        pieces, number = [self.text[self.at :]], 0
        while number < least and not self.is_whole:
            piece = self.reading.read()
            self.is_whole = not piece
            pieces.append(self.decoder.decode(piece, final=self.is_whole))
            number += len(pieces[-1])
        self.text, self.at = "".join(pieces), 0
