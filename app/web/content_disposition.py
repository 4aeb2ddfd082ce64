"""What a file is called when it is saved, in a header that every server and browser can take."""

from urllib.parse import quote

from werkzeug.http import dump_options_header


def disposition(kind: str, name: str) -> str:
    """Return a Content-Disposition (RFC 6266): `name` for old browsers in ASCII, and whole in UTF-8 (RFC 8187) where it holds more."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    plain = "".join(letter for letter in plain if letter.isprintable() and letter not in '"\\')
    if plain == name:
        return dump_options_header(kind, {"filename": name})
    encoded = quote(name, safe="!#$&+^`|~", errors="replace")
    return f"{dump_options_header(kind, {'filename': plain})}; filename*=UTF-8''{encoded}"
