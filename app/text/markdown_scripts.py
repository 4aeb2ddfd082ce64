"""What Markdown needs for texts in every script: emphasis without spaces round it, links that end where the script changes, direction.

CommonMark asks for spaces or punctuation round emphasis, which Chinese, Japanese and Korean do not write (the amendments of
the CJK-friendly specification, https://github.com/tats-u/markdown-cjk-friendly). Right-to-left text is told by its first letter
(HTML Living Standard, 3.2.6.4).
"""

import re
import unicodedata
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, emphasis, strikethrough
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from app.text import words

Rule = Callable[[StateInline, bool], bool]
MAX_LINKS_A_PARAGRAPH = 200
BLOCKS_OF_BLOCKS = {"blockquote", "bullet_list", "ordered_list", "list_item", "table", "footnote_block"}
BLOCKS = BLOCKS_OF_BLOCKS | {"paragraph", "heading", "th", "td"}
_WIDE = {"W", "F", "H"}
_SIDES = {"L": "ltr", "R": "rtl", "AL": "rtl"}
"""Of the strong kinds of letters (UAX #9, table 4)."""
_VARIATION = re.compile("[\ufe00-\ufe02\ufe0e\U000e0100-\U000e01ef]")
_SENTENCE_MARK = re.compile(
    "[\u3000-\u3004\u3008-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u060c\u061b\u061f\u0964\u0965]"
)
"""Full stops, commas, quotes and brackets of other scripts, and the wide space: no address holds them."""
_OTHER_SCRIPT = re.compile("(?<=[0-9A-Za-z])[^\\W\\d_\u0000-\u024f\u1e00-\u1eff]")
"""A letter that is not Latin right behind one that is: another word begins there."""


def every_script(parser: MarkdownIt) -> None:
    """Teach a parser all of it; it has the rules of footnotes by now."""
    parser.linkify = ScriptLinks(options={"fuzzy_link": False, "fuzzy_email": False})
    for name, rule in (("emphasis", emphasis.tokenize), ("strikethrough", strikethrough.tokenize)):
        parser.inline.ruler.at(name, _beside_wide_letters(rule))
    parser.core.ruler.push("direction", _direction)
    parser.add_render_rule("footnote_block_open", _open_footnotes)


class ScriptLinks(LinkifyIt):
    """Finds bare links, up to where the script changes; but not in a paragraph of hundreds: it begins anew at each."""

    def pretest(self, text: str) -> bool:
        """Say whether it is worth looking for links in a text; each begins with a scheme, or with two slashes."""
        return (":" in text or "//" in text) and bool(super().pretest(text)) and text.count(":") <= MAX_LINKS_A_PARAGRAPH

    def test_schema_at(self, text: str, name: str, position: int) -> int:
        """Return how many characters of an address follow its scheme, which ends at `position`."""
        length = int(super().test_schema_at(text, name, position))
        address = text[position : position + length]
        ends = [found.start() for found in (_SENTENCE_MARK.search(address), _OTHER_SCRIPT.search(address)) if found]
        return min([length, *ends])


def _beside_wide_letters(rule: Rule) -> Rule:
    """Let a rule of emphasis hold beside Chinese, Japanese and Korean, too: there its marks need no space."""

    def tokenize(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.delimiters)
        if not rule(state, silent):
            return False
        before = _VARIATION.sub("", state.src[max(0, start - 2) : start])[-1:] or " "
        after = state.src[state.pos : state.pos + 1] if state.pos < state.posMax else " "
        if len(state.delimiters) > known and (_is_wide(before) or _is_wide(after)):
            opens, closes = _flanks(before, after, is_within_words=state.src[start] != "_")
            for mark in state.delimiters[known:]:
                mark.open, mark.close = opens, closes
        return True

    return tokenize


def _flanks(before: str, after: str, *, is_within_words: bool) -> tuple[bool, bool]:
    """Say whether marks between two characters, one of them wide, may open and may close an emphasis.

    Punctuation of wide scripts hinders neither, and a wide letter helps as punctuation does.
    """
    space_before, space_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    mark_before, mark_after = _is_punctuation(before), _is_punctuation(after)
    helped_before, helped_after = mark_before or _is_wide(before), mark_after or _is_wide(after)
    left = not space_after and (not mark_after or _is_wide(after) or space_before or helped_before)
    right = not space_before and (not mark_before or _is_wide(before) or space_after or helped_after)
    return left and (is_within_words or not right or mark_before), right and (is_within_words or not left or mark_after)


def _is_punctuation(character: str) -> bool:
    return bool(isMdAsciiPunct(ord(character)) or isPunctChar(character))


def _is_wide(character: str) -> bool:
    """Say whether a character is of a script that needs no spaces: wide ones (UAX #11), Hangul in parts, Thai and its like; no emoji."""
    is_wide = unicodedata.east_asian_width(character) in _WIDE or "\u1100" <= character <= "\u11ff" or words.is_of_word_script(character)
    return is_wide and unicodedata.category(character) != "So"


def _direction(state: StateCore) -> None:
    """Let each block be read from the side that its own first letter asks for.

    `dir=auto` sees no letter inside of another element that has a direction, so a list, a quotation or a table of such
    elements is told its own: bullets, bars and first columns stand where its reader begins.
    """
    undecided: list[tuple[int, Token]] = []
    for token in state.tokens:
        kind = token.type.removesuffix("_open")
        if token.nesting == 1 and kind in BLOCKS:
            token.attrSet("dir", "auto")
            if kind in BLOCKS_OF_BLOCKS:
                undecided.append((token.level, token))
        elif token.nesting == -1:
            undecided = [(level, block) for level, block in undecided if level < token.level]
        elif undecided and (side := _side(token)):
            for _level, block in undecided:
                block.attrSet("dir", side)
            undecided = []


def _open_footnotes(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: MutableMapping[str, Any]
) -> str:
    return f'<hr>\n<section class="footnotes" dir="{tokens[index].attrGet("dir")}">\n<ol class="footnotes-list">\n'


def _side(paragraph: Token) -> str:
    """Return "rtl" or "ltr" by the first letter of a paragraph's words; "" where it has none."""
    for child in paragraph.children or []:
        if child.type in ("text", "text_special", "code_inline"):
            for character in child.content:
                if side := _SIDES.get(unicodedata.bidirectional(character)):
                    return side
    return ""
