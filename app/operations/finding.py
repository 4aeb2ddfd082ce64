"""What a person keeps for finding and looking back: searches with a name, and days that are not to come up again."""

from datetime import date

from app.models import User
from app.operations.errors import TooManyKept
from app.text import quiet_days, saved_searches
from app.text.folding import fold
from app.text.saved_searches import SavedSearch


def save_search(user: User, search: SavedSearch) -> SavedSearch | None:
    """Keep a search under its name, and return another one of that name whose place it took; raise TooManyKept."""
    before = saved_searches.parse(user.saved_searches)
    others = [one for one in before if fold(one.name) != fold(search.name)]
    if len(others) >= saved_searches.MAX_SEARCHES:
        raise TooManyKept
    user.saved_searches = saved_searches.write([*others, search])
    return next((one for one in before if one not in others and one.query != search.query), None)


def forget_search(user: User, name: str) -> bool:
    """Forget a search, and say whether there was one of this name."""
    searches = saved_searches.parse(user.saved_searches)
    left = [one for one in searches if fold(one.name) != fold(name)]
    user.saved_searches = saved_searches.write(left)
    return len(left) < len(searches)


def be_quiet(user: User, first: date, last: date) -> None:
    """Let looking back leave these days out; raise TooManyKept."""
    spans = quiet_days.write([*quiet_days.parse(user.quiet_days), (min(first, last), max(first, last))])
    if spans.count("\n") >= quiet_days.MAX_SPANS:
        raise TooManyKept
    user.quiet_days = spans


def show_again(user: User, first: date, last: date) -> bool:
    """Let looking back show a span of days again, and say whether it was left out."""
    spans = quiet_days.parse(user.quiet_days)
    left = [one for one in spans if one != (first, last)]
    user.quiet_days = quiet_days.write(left)
    return len(left) < len(spans)
