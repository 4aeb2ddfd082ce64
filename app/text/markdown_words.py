"""The words of a Markdown text: what people count, and what a list shows of it."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from app.text.attachments import SCHEME
from app.text.markdown_numbers import NUMBER

IS_FILE = "is_file"
"""Says of a token that its link leads to a file of the person's."""
_BREAKS = frozenset({"softbreak", "hardbreak"})


def of(tokens: Sequence[Token]) -> tuple[str, str]:
    """Return the words of a parsed text, its blocks apart by a line end, and those that name its files."""
    names = [_words_of(one) for token in tokens for one in _names_of_files(token.children or [])]
    return _words(tokens), " ".join(names)


def _words(tokens: Sequence[Token]) -> str:
    blocks, number = [], ""
    for token in tokens:
        if token.type == "list_item_open":
            number = f"{token.meta[NUMBER]} " if NUMBER in token.meta else ""
        elif token.type == "inline":
            blocks.append(number + _words_of(_without_documents(token.children or [])))
            number = ""
        elif token.type == "list_item_close":
            number = ""
        elif token.type in {"fence", "code_block"}:
            blocks.append(token.content)
            number = ""
    return "\n".join(blocks)


def _is_attached(token: Token) -> bool:
    return token.type == "image" and str(token.attrGet("src") or "").startswith(SCHEME)


def _without_documents(tokens: Sequence[Token]) -> list[Token]:
    """Return what stands in a block but the lines of documents: their names are no words that anybody wrote."""
    return [token for line in _lines(tokens) if not _is_of_documents(line) for token in line]


def _names_of_files(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Return what the photos and films of a block are said to show, and the lines of its documents."""
    shown = [token.children or [] for token in tokens if _is_attached(token)]
    return [*shown, *(line for line in _lines(tokens) if _is_of_documents(line))]


def _lines(tokens: Sequence[Token]) -> list[list[Token]]:
    lines: list[list[Token]] = [[]]
    for token in tokens:
        lines[-1].append(token)
        if token.type in _BREAKS:
            lines.append([])
    return lines


def _is_of_documents(line: Sequence[Token]) -> bool:
    """Say whether nothing stands in a line but links to documents, as the writing page puts them; within a sentence they are its words."""
    names, is_named = 0, False
    for token in line:
        if token.type in {"link_open", "link_close"}:
            is_named = token.type == "link_open" and bool(token.meta.get(IS_FILE))
            names += is_named
        elif not is_named and token.type not in _BREAKS and not _is_attached(token) and token.content.strip():
            return False
    return names > 0


def _words_of(tokens: Sequence[Token]) -> str:
    words = []
    for token in tokens:
        if token.type in _BREAKS:
            words.append(" ")
        elif token.type == "image" and not _is_attached(token):
            words.append(_words_of(token.children or []) or str(token.attrGet("src") or ""))
        elif token.type in {"text", "code_inline"}:
            words.append(token.content.replace("\u00a0", " "))
    return re.sub(r" {2,}", " ", "".join(words)).lstrip(" ")
