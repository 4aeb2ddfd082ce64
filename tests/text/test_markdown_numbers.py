"""Numbers, dates and lines that Markdown takes for lists and headings: what people wrote is what is shown."""

import re
import time

import pytest

from app.text import markdown, summary


def shown(text: str) -> str:
    """Return the HTML of a text without line ends and directions."""
    return re.sub(r' dir="\w+"|\n', "", markdown.render(text).html)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1986. Born.\n1990. School.\n2001. Moved.", {"start": ["1986"], "value": ["1990", "2001"]}),
        ("3. März: Regen\n7. März: Sonne\n\n12. März: Schnee", {"start": ["3"], "value": ["7", "12"]}),
        ("10. a\n9. b\n8. c", {"start": ["10"], "value": ["9", "8"]}),
        ("1. a\n2. b\n3. c", {"start": [], "value": []}),
        ("1. a\n1. b\n1. c", {"start": [], "value": []}),
        ("1986. Born\n\n1986. Moved", {"start": ["1986"], "value": ["1986"]}),
        ("1. one\n\ntext\n\n2. two\n\ntext\n\n3. three", {"start": ["2", "3"], "value": []}),
        ("5. a\n6. b", {"start": ["5"], "value": []}),
        ("1) a\n   1) x\n   4) y\n2) b", {"start": [], "value": ["4"]}),
    ],
)
def test_a_list_shows_the_numbers_that_were_written(text: str, numbers: dict[str, list[str]]) -> None:
    html = markdown.render(text).html
    assert {name: re.findall(rf'{name}="(\d+)"', html) for name in numbers} == numbers


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("12. 05. 2024\nHeute", "<p>12. 05. 2024<br>Heute</p>"),
        ("1. 5. 2024", "<p>1. 5. 2024</p>"),
        ("27. November 2026\n\nHeute.", "<p>27. November 2026</p><p>Heute.</p>"),
        ("2024. What a *year*", "<p>2024. What a <em>year</em></p>"),
        ("7) x\n\n   more\n\n   - z", "<p>7) x</p><p>more</p><ul><li>z</li></ul>"),
        ("26. November\n\nx\n\n27. November\n\ny", "<p>26. November</p><p>x</p><p>27. November</p><p>y</p>"),
        ("- 1986. x\n- 1987. y", "<ul><li>1986. x</li><li>1987. y</li></ul>"),
        ("1. Platz!", "<ol><li>Platz!</li></ol>"),
        ("> 27. November", "<blockquote><p>27. November</p></blockquote>"),
        ("- 27. November", "<ul><li>27. November</li></ul>"),
        ("Milk\n-\nBread", "<p>Milk<br>-<br>Bread</p>"),
        ("Bye\n--\nHans", "<p>Bye<br>--<br>Hans</p>"),
        ("one\ntwo\n---\nthree", "<p>one<br>two</p><hr><p>three</p>"),
        ("Title\n=====\ntext", "<h2>Title</h2><p>text</p>"),
        ("one\ntwo\n===", "<p>one<br>two<br>===</p>"),
    ],
)
def test_lines_are_what_they_look_like(text: str, html: str) -> None:
    assert shown(text) == html


def test_a_box_after_a_number_can_still_be_ticked() -> None:
    assert markdown.task_marks("5. [ ] task") == [4] and "checkbox" in shown("5. [ ] task")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("27. November 2026\n\nHeute war ich müde.", "27. November 2026"),
        ("2024. What a year", "2024. What a year"),
        ("12. 05. 2024\n\nRegen.", "12. 05. 2024"),
    ],
)
def test_numbers_are_told_in_lists_of_entries(text: str, title: str) -> None:
    assert summary.opening(summary.blocks_apart(markdown.render(text).words)).title == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Mittwoch, 27. November war kalt. Dann mehr.", "Mittwoch, 27. November war kalt."),
        ("Maanantaina 27. marraskuuta sataa. Toinen.", "Maanantaina 27. marraskuuta sataa."),
        ("We met on Jan. 5 at noon. Then home.", "We met on Jan. 5 at noon."),
        ("Сегодня 27 нояб. 2026 г. было холодно. Потом спали.", "Сегодня 27 нояб. 2026 г. было холодно."),
        ("Yahoo! is a company. So there.", "Yahoo! is a company."),
        ("She said “Go!” and left. Then rain.", "She said “Go!” and left."),
        ("— Привет! — сказал он. Потом ушёл.", "— Привет! — сказал он."),
        ('他说："好。"然后走了。', '他说："好。"'),
        ("Այսօր գնացինք տուն։ Հետո քնեցինք։", "Այսօր գնացինք տուն։"),
        ("آج بہت بارش ہوئی۔ پھر سو گئے۔", "آج بہت بارش ہوئی۔"),
        ("i woke up early. then i ate.", "i woke up early."),
        ("What a long day! Then sleep.", "What a long day!"),
        ("We counted to 10. Maybe more tomorrow.", "We counted to 10."),
        ("There were only 12. Mary came late.", "There were only 12."),
        ("Ich wohne in der Bergstr. Dort ist es schön.", "Ich wohne in der Bergstr."),
        ("Wir gehen evtl. morgen ins Kino.", "Wir gehen evtl. morgen ins Kino."),
        ("He came 5 min. later than us. Then we left.", "He came 5 min. later than us."),
        ("Sie wohnt in der Hauptstr. bei uns. Ja.", "Sie wohnt in der Hauptstr. bei uns."),
        ("Went to the shop. bought milk. came home.", "Went to the shop."),
        ("Τι κάνεις; Πήγαμε στη θάλασσα.", "Τι κάνεις;"),
        ("We swam; then we ate.", "We swam; then we ate."),
        ("ខ្ញុំទៅផ្សារម្សិលមិញ។ ថ្ងៃនេះខ្ញុំនៅផ្ទះ។", "ខ្ញុំទៅផ្សារម្សិលមិញ។"),
    ],
)
def test_a_sentence_ends_where_it_ends(text: str, title: str) -> None:
    assert summary.opening(text).title == title


def test_a_host_without_its_scheme_is_another_site() -> None:
    html = shown("[M](www.example.org) [x](example.org/a?b) [n](notes.md) [r](/a) [q](foo/bar.org) [f](#a) [g](photo.webm)")
    assert re.findall('href="([^"]*)"', html) == [
        "https://www.example.org",
        "https://example.org/a?b",
        "notes.md",
        "/a",
        "foo/bar.org",
        "#a",
        "photo.webm",
    ]


def test_a_text_that_takes_too_long_is_read_as_far_as_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "- **a**: b *c*\n  - d `e` and *f*\n" * 2_000
    monkeypatch.setattr(markdown, "MAX_STEPS", 15_000)
    begun = time.thread_time()
    found = markdown.render(text)
    assert found.html.startswith("<ul") and "<strong>a</strong>" in found.html and "**a**" in found.html
    assert found.words.count("a") >= 2_000 and time.thread_time() - begun < 5
