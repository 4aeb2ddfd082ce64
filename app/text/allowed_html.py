"""What of HTML may come out of a text: nothing that runs, loads or looks like the page around it."""

import nh3

TAGS = {
    "a",
    "audio",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "dl",
    "dt",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "input",
    "label",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "section",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "video",
}
ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href", "title", "id", "class", "role"},
    "audio": {"src", "title", "controls", "preload"},
    "code": {"class"},
    "h2": {"id"},
    "img": {"src", "srcset", "sizes", "width", "height", "alt", "loading", "decoding"},
    "input": {"type", "checked", "disabled", "class"},
    "li": {"id", "class", "value"},
    "ol": {"start", "class"},
    "section": {"class"},
    "sup": {"class"},
    "td": {"class"},
    "th": {"class"},
    "ul": {"class"},
    "video": {"src", "title", "controls", "preload"},
}
URL_SCHEMES = {"http", "https", "mailto"}


def clean(html: str) -> str:
    """Return HTML without anything that is not on the lists above, its links marked as leading elsewhere (nh3)."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=URL_SCHEMES, link_rel="noopener noreferrer nofollow")
