"""QR codes as SVG, to be scanned from a screen or from paper (ISO/IEC 18004)."""

import io

import segno
from markupsafe import Markup

ANY_MASK = 3
SHAPE = {"border": 3, "light": "#fff"}


def inline(text: str) -> Markup:
    """Return a QR code of an address as an SVG for a page, where it takes the size that its styles say; black on white in the dark too.

    Trying all eight masks takes four times as long, and a page of slips has many codes; readers know every mask.
    """
    code = segno.make(text, error="m", mask=ANY_MASK, micro=False)
    return Markup(code.svg_inline(omitsize=True, svgclass=None, lineclass=None, **SHAPE))  # noqa: S704  # numbers alone


def as_file(text: str) -> bytes:
    """Return a QR code as an SVG file."""
    picture = io.BytesIO()
    segno.make(text, error="m").save(picture, kind="svg", scale=5, xmldecl=False, **SHAPE)
    return picture.getvalue()
