"""Where links and pictures of a text lead: to a person's own files and entries, or to another site; nothing is loaded from there."""

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from app.text import attachments, entry_links, markdown_words
from app.text.attachments import SCHEME

_HOST = re.compile(r"(?P<host>(?:[a-z0-9-]{1,63}\.){1,8}(?P<end>[a-z]{2,24}))(?::\d{1,5})?(?=[/?#]|$)", re.IGNORECASE)
_SPELLED = """
7z avif bmp csv doc docx epub flac gif gz heic htm html ics jpeg jpg json key m4a md mkv mov mp3 mp4 numbers odp ods odt ogg opus pages pdf
png pptx py rar rtf svg tar tiff txt wav webm webp xls xlsx xml zip
"""
_FILE_ENDINGS = frozenset(_SPELLED.split())


def to_where_they_lead(parser: MarkdownIt) -> None:
    """Let a parser's links and pictures lead where they are meant to; a plugin of markdown-it's."""
    parser.core.ruler.push("link_to_files", _link_to_files)
    parser.add_render_rule("image", _picture)


def _is_host(address: str) -> bool:
    """Say whether a link begins with the name of a host, its scheme left out as people do, and is not called as a file is."""
    found = _HOST.match(address)
    return found is not None and (found["host"].startswith("www.") or found["end"].lower() not in _FILE_ENDINGS)


def _link_to_files(state: StateCore) -> None:
    """Let links that name a file or an entry lead to it, and those to another host without a scheme be what browsers make of them.

    Those that stand as they are typed are marked, so that paper does not say their address twice.
    """
    for token in state.tokens:
        for child in token.children or []:
            named = str(child.attrGet("href") or "") if child.type == "link_open" else ""
            if named.startswith(SCHEME):
                child.meta[markdown_words.IS_FILE] = True
            if child.info == "auto":
                child.attrSet("class", "bare")
            if named.startswith("//"):
                child.attrSet("href", f"https:{named}")
            elif _is_host(named):
                child.attrSet("href", f"https://{named}")
            elif named.lower().startswith((SCHEME, entry_links.SCHEME)) and (
                shown := state.env["files"].get(named.lower().removeprefix(SCHEME))
            ):
                child.attrSet("href", shown.address)


def _picture(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
    token = tokens[index]
    label = renderer.renderInlineAsText(token.children or [], options, env)
    source = str(token.attrGet("src") or "")
    if source.startswith(SCHEME):
        file = env["files"].get(source.removeprefix(SCHEME))
        return attachments.html_of(file, label) if file else f"<em>{nh3.clean_text(label or '…')}</em>"
    if not source.startswith(("http://", "https://")):
        return nh3.clean_text(label or source)
    return f'<a class="picture" href="{nh3.clean_text(source)}">{nh3.clean_text(label or source)}</a>'
