"""Markdown to clean HTML: CommonMark 0.31 with tables, strikethrough, task lists and footnotes.

Lines end where they were typed to end, and an indented line is text: verse, addresses and dialogue look as they were written.
Nothing from another host is ever loaded: a picture elsewhere becomes a link to it, and only a person's own files are shown.
What comes out has passed nh3's allow-list, carries no inline style, and fits under a page's own `h1`.
"""

import logging
import re
import threading
import time
from collections.abc import MutableMapping, Sequence
from html import escape
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from app.text import allowed_html, markdown_kept, markdown_lines, markdown_links, markdown_numbers, markdown_scripts, markdown_words
from app.text.attachments import Files

log = logging.getLogger(__name__)

RENDERER_VERSION = 9
"""Raised whenever the same Markdown would give other HTML, so that stored HTML can be told to be out of date."""

MAX_PARSED_LENGTH = 100_000
"""Of a longer text, what comes after so many characters is shown as it was typed, paragraph by paragraph."""
MAX_STEPS = 400_000
STEPS_A_LOOK = 16
SKIPS_A_LOOK = 1000
MAX_SECONDS = 0.9
"""Of a processor, for parsing one text: some Markdown that nobody means keeps every parser busy for the square of its length."""
MIN_QUARTER = 5_000
MAX_HTML_SIZE = 4_000_000
MAX_LINES = 20_000
SIZES = {"footnote_ref": 120, "footnote_anchor": 120}
_LINE, _BREAK = "\n", "<br>\n"


class Rendered(NamedTuple):
    """A text as it is shown (clean HTML), its words without marks, paragraphs apart by a line end, and what names its files."""

    html: str
    words: str
    captions: str = ""


class TooCostly(Exception):
    """A text takes more work, or makes more HTML, than one text may."""


def render(body: str, name: str = "entry", files: Files | None = None) -> Rendered:
    """Return what a Markdown text becomes; whatever the text, it becomes something, and within a bound of work and size.

    `name` keeps footnotes of several texts on one page apart; `files` are those that the text may show, by their uids. What the
    parser cannot read is read without finding bare links in it, and if that fails too, shown as it was typed.
    """
    head, rest = _split(body)
    html, words, captions = _parsed_or_as_typed(head, name, files or {})
    clean = allowed_html.clean(html)
    if rest:
        html_of_rest, words_of_rest = _as_typed(rest)
        clean, words = f"{clean}\n{html_of_rest}", f"{words}\n{words_of_rest}"
    return Rendered(clean, words, captions)


def task_marks(body: str) -> list[int]:
    """Return where the marks of a text's tasks stand, in the order in which they are shown; none where it cannot be parsed."""
    head, _rest = _split(body)
    starts = [0, *(found.end() for found in re.finditer(_LINE, head))]
    try:
        tokens = _own.parser.parse(head, _environment("tasks", {}))
    except Exception:
        return []
    lines = [token.map[0] for token in tokens if token.map and token.meta.get("is_task")]
    marks = [markdown_numbers.TASK.search(head, starts[line]) for line in lines]
    return [mark.start(1) for mark in marks if mark]


def _parsed_or_as_typed(body: str, name: str, files: Files) -> tuple[str, str, str]:
    for parser in (_own.parser, _own.without_links):
        try:
            return _parsed(parser, body, name, files)
        except TooCostly:
            return _beginning_parsed(body, name, files)
        except Exception as problem:
            log.warning("a text could not be rendered: %s", type(problem).__name__)
    return *_as_typed(body), ""


def _beginning_parsed(body: str, name: str, files: Files) -> tuple[str, str, str]:
    """Return the first quarter of a long text as it is read, and the rest as it was typed: a text may be too long rather than hostile."""
    end = body.rfind("\n", 0, len(body) // 4) + 1
    try:
        html, words, captions = _parsed(_own.parser, body[:end], name, files, MAX_SECONDS / 2) if end > MIN_QUARTER else ("", "", "")
    except Exception:
        end, html, words, captions = 0, "", "", ""
    html_of_rest, words_of_rest = _as_typed(body[end:])
    return f"{html}\n{html_of_rest}".lstrip("\n"), f"{words}\n{words_of_rest}".lstrip("\n"), captions


def _split(body: str) -> tuple[str, str]:
    """Return what is parsed of a text, up to the end of a paragraph, and what is not."""
    if len(body) <= MAX_PARSED_LENGTH:
        return body, ""
    end = max(body.rfind("\n\n", 0, MAX_PARSED_LENGTH), body.rfind("\n", 0, MAX_PARSED_LENGTH), MAX_PARSED_LENGTH // 2)
    end = end if body[end : end + 1] == "\n" else MAX_PARSED_LENGTH
    return body[:end], body[end:]


def _parsed(parser: MarkdownIt, body: str, name: str, files: Files, seconds: float = MAX_SECONDS) -> tuple[str, str, str]:
    env = _environment(name, files, seconds)
    tokens = parser.parse(body, env)
    _look_at_the_clock(env)
    if _size(tokens) > MAX_HTML_SIZE:
        raise TooCostly
    return parser.renderer.render(tokens, parser.options, env), *markdown_words.of(tokens)


def _environment(name: str, files: Files, seconds: float = MAX_SECONDS) -> dict[str, Any]:
    return {"docId": name, "files": files, "steps": MAX_STEPS, "skipped": 0, "ends_at": time.thread_time() + seconds}


def _size(tokens: Sequence[Token]) -> int:
    """Return how much HTML tokens will be at most, about."""
    size = 0
    for token in tokens:
        values = sum(len(str(value)) for value in token.attrs.values()) if token.attrs else 0
        size += SIZES.get(token.type, 16) + len(token.content) + values + (_size(token.children) if token.children else 0)
    return size


def _as_typed(text: str) -> tuple[str, str]:
    """Return a text without any Markdown: each paragraph one, its lines as they were typed; one block where there are too many."""
    if text.count(_LINE) > MAX_LINES:
        return f'<pre dir="auto">{escape(text, quote=False)}</pre>', text
    paragraphs = [_LINE.join(markdown_lines.indent(part.strip(_LINE).split(_LINE))) for part in re.split(r"\n[ \t]*\n", text)]
    html = "\n".join(f'<p dir="auto">{escape(part, quote=False).replace(_LINE, _BREAK)}</p>' for part in paragraphs if part.strip())
    return html, text


def _watch(state: StateBlock | StateInline, *_arguments: object) -> bool:
    """Stand before all other rules, so that each step of the parser is counted; no rule of Markdown's own."""
    env = state.env
    env["steps"] -= 1
    if env["steps"] < 0:
        raise TooCostly
    if env["steps"] % STEPS_A_LOOK == 0:
        _look_at_the_clock(env)
    return False


def _look_at_the_clock(env: MutableMapping[str, Any]) -> None:
    if time.thread_time() > env["ends_at"]:
        raise TooCostly


class _WatchedInline(ParserInline):
    """Looks at the clock between rules, too: past places that are known the parser walks to the end of a paragraph, at every bracket anew.

    Such a walk is short work, but for the depth of calls at which Python 3.11 takes and gives back memory with each call: there it
    takes thirty times as long.
    """

    def skipToken(self, state: StateInline) -> None:  # noqa: N802  # the parser's own name
        """Skip one token, as the parser does."""
        state.env["skipped"] += 1
        if state.env["skipped"] % SKIPS_A_LOOK == 0:
            _look_at_the_clock(state.env)
        if (end := state.cache.get(state.pos)) is None:
            super().skipToken(state)
        else:
            state.pos = end


def _lower_headings(state: StateCore) -> None:
    """Push headings down one level: the page they stand on has its own `h1`."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"


def _align_by_class(state: StateCore) -> None:
    """Say a table cell's alignment with a class, since the content policy lets no inline style through."""
    for token in state.tokens:
        style = token.attrs.pop("style", None) if token.type in {"th_open", "td_open"} else None
        if style:
            token.attrSet("class", "align-" + str(style).removeprefix("text-align:"))


def _task_lists(state: StateCore) -> None:
    """Turn list items that begin with `[ ]` or `[x]` into ticks with their labels (GitHub Flavored Markdown, section 5.3)."""
    lists: list[Token] = []
    for index, token in enumerate(state.tokens):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            lists.append(token)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "inline" and index > 1 and token.children and state.tokens[index - 2].type == "list_item_open":
            mark = markdown_numbers.TASK.match(token.content)
            if mark and token.children[0].type == "text" and token.children[0].content.startswith(mark[0]):
                token.children[0].content = token.children[0].content[len(mark[0]) - 1 :]
                ticked = ' checked="checked"' if mark[1] != " " else ""
                tick = f'<label><input class="task-list-item-checkbox" disabled="disabled" type="checkbox"{ticked}>'
                token.children = [_html(tick), *token.children, _html("</label>")]
                token.meta["is_task"] = True
                state.tokens[index - 2].attrSet("class", "task-list-item")
                lists[-1].attrSet("class", "contains-task-list")


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)


def _build(*, finds_links: bool) -> MarkdownIt:
    parser = MarkdownIt()
    parser.inline = _WatchedInline()
    parser.configure("commonmark", {"html": False, "breaks": True, "linkify": finds_links, "maxNesting": 40})
    parser.enable(["table", "strikethrough", *(["linkify"] if finds_links else [])]).disable("code")
    parser.use(footnote_plugin).use(markdown_kept.nothing_dropped).use(markdown_scripts.every_script).use(markdown_lines.as_typed).use(
        markdown_numbers.as_written
    )
    parser.block.ruler.before("table", "watch", _watch)
    parser.inline.ruler.before("text", "watch", _watch)
    parser.core.ruler.before("direction", "task_lists", _task_lists)
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.core.ruler.push("align_by_class", _align_by_class)
    parser.use(markdown_links.to_where_they_lead)
    return parser


class _Own(threading.local):
    """Each thread's own parser: its link finder remembers where it stands in a text."""

    def __init__(self) -> None:
        self.parser, self.without_links = _build(finds_links=True), _build(finds_links=False)


_own = _Own()
