"""Photos that follow each other stand in full rows, each with its share."""

import re
from pathlib import Path

import pytest

import app
from app.text import attachments
from app.text.attachments import NARROWEST, WIDEST, Shown

PROSE = (Path(app.__file__).parent / "static" / "css" / "prose.css").read_text()


def photo(width: int, height: int, number: int = 0) -> str:
    return f'<p dir="auto">{attachments.html_of(Shown(f"/file/{number:022}", "photo", "a.jpg", width, height), "")}</p>\n'


@pytest.mark.parametrize(
    ("number", "rows"), [(2, [2]), (3, [3]), (4, [2, 2]), (5, [3, 2]), (7, [3, 2, 2]), (9, [3, 3, 3]), (10, [3, 3, 2, 2])]
)
def test_no_row_holds_one_photo_alone(number: int, rows: list[int]) -> None:
    html = attachments.with_photos_in_rows("".join(photo(300, 200, place) for place in range(number)))
    assert [row.count("<img") for row in html.split('class="photo-line"')[1:]] == rows
    assert html.count('<p class="share-15" dir="auto">') == number
    assert re.findall(r'href="/file/(\d+)"', html) == [f"{place:022}" for place in range(number)]


def test_photos_with_words_between_them_are_no_row() -> None:
    html = f"{photo(300, 200)}<p>Noon.</p>{photo(300, 200)}"
    assert attachments.with_photos_in_rows(html) == html


@pytest.mark.parametrize(("width", "height", "share"), [(300, 400, 8), (400, 300, 13), (100, 249, 4), (9000, 100, 30), (7, 0, 30)])
def test_the_share_of_a_photo_is_its_width_beside_its_height(width: int, height: int, share: int) -> None:
    beside = photo(300, 300)
    html = attachments.with_photos_in_rows(beside + photo(width, height).replace('"photo long"', '"photo"'))
    assert re.findall(r"share-\d+", html) == ["share-10", f"share-{share}"]


def test_the_style_sheet_gives_each_share_its_part() -> None:
    given = re.findall(r"\.share-(\d+) { flex-grow: (\d+); }", PROSE)
    assert given == [(str(share), str(share)) for share in range(NARROWEST, WIDEST + 1)]
