"""Words of Day One's texts stay the words that they are: escapes that become marks, signs of rich text, addresses."""

import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.formats import dayone_media, dayone_text, richtext
from app.text import markdown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"https://x\.org/my\_map\_1", "https://x.org/my_map_1"),
        (r"https\:\/\/x\.org/Foo\_\(bar\)", "https://x.org/Foo_(bar)"),
        (r"[mum]\: called", "[mum]: called"),
        (r"[x]\(y\)", "[x](y)"),
        (r"> \- Oscar Wilde", "- Oscar Wilde"),
        (r"- \- Anna said", "- Anna said"),
        (r"- \# 5 of", "# 5 of"),
        (r"> 1\. x", "1. x"),
        (r"- [ ] \+ x", "+ x"),
        ("Sums\n\\=\\=\\=", "Sums ==="),
        (r"1\) Milk", "1) Milk"),
        (r"a \- b \. c \(d\)", "a - b . c (d)"),
    ],
)
def test_escapes_go_where_they_mean_nothing(text: str, words: str) -> None:
    assert markdown.render(dayone_text.unescaped(text)).words == words


def rich(*nodes: dict[str, Any]) -> str:
    return richtext.to_markdown({"contents": list(nodes)})


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ([{"text": "https://x.org/my_page_1"}], "https://x.org/my_page_1"),
        (
            [{"text": "https://x.org/my_page_1", "attributes": {"linkURL": "https://x.org/my_page_1", "autolink": True}}],
            "https://x.org/my_page_1",
        ),
        ([{"text": "The box is 2*3*4 inches, *a!*b"}], "The box is 2*3*4 inches, *a!*b"),
        ([{"text": "^.*foo.*bar", "attributes": {"inlineCode": True}}], "^.*foo.*bar"),
        ([{"text": "awww.*hugs* and"}], "awww.*hugs* and"),
        ([{"text": "http://x/a]b", "attributes": {"linkURL": "http://y.org"}}], "http://x/a]b"),
        ([{"text": "one\n-----\n=====\nx"}], "one ----- ===== x"),
        ([{"text": "~~gone~~ a\n"}, {"text": "a|b\n---|---\n"}], "~~gone~~ a a|b ---|---"),
        ([{"text": "a`b", "attributes": {"inlineCode": True}}], "a`b"),
        ([{"text": "- x\n", "attributes": {"line": {"listStyle": "bulleted"}}}], "- x"),
        ([{"text": "1. x\n", "attributes": {"line": {"quote": True}}}], "1. x"),
        ([{"text": "here", "attributes": {"linkURL": "http://x.yz/a b)"}}], "here"),
    ],
)
def test_signs_of_rich_text_are_words(nodes: list[dict[str, Any]], words: str) -> None:
    assert markdown.render(rich(*nodes)).words == words


def test_marks_of_rich_text_end_where_they_end() -> None:
    html = markdown.render(rich({"text": "Note:", "attributes": {"bold": True}}, {"text": "buy"})).html
    assert "<strong>Note</strong>:buy" in html
    photo = {"embeddedObjects": [{"type": "photo", "identifier": "AA"}]}
    assert "![](dayone-moment:/photo/AA)" in rich({"text": "Monday\n"}, {"text": "~~~~~~\n"}, photo)
    assert 'href="http://x.yz/a%20b)"' in markdown.render(rich({"text": "here", "attributes": {"linkURL": "http://x.yz/a b)"}})).html


def test_a_line_of_spaces_takes_no_longer_than_another() -> None:
    begun = time.thread_time()
    assert rich({"text": " " * 200_000 + "a"}).strip() == "a"
    assert time.thread_time() - begun < 1


def test_code_that_is_embedded_is_code_and_other_words_are_words() -> None:
    code = {"embeddedObjects": [{"type": "renderableCodeBlock", "contents": "# not\n*x* <b>\n  in __init__"}]}
    html = markdown.render(rich({"text": "Below:\n"}, code, {"text": "Above."})).html
    assert "<pre><code># not\n*x* &lt;b&gt;\n  in __init__\n</code></pre>" in html
    card = {"embeddedObjects": [{"type": "preview", "title": "# 1 *of* 2", "url": "https://example.org"}]}
    assert markdown.render(rich(card)).words == "# 1 *of* 2"
    assert markdown.render(rich({"text": "&copy; & R&D; AT&T"})).words == "&copy; & R&D; AT&T"


def test_what_no_text_names_comes_in_the_order_of_its_entry(tmp_path: Path) -> None:
    raw = {
        "photos": [{"identifier": "P2", "md5": "p2", "orderInEntry": 2}, {"identifier": "P0", "md5": "p0", "orderInEntry": 0}],
        "videos": [{"identifier": "V1", "md5": "v1", "orderInEntry": 1}],
    }
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("photos/p0.jpeg", "videos/v1.mov", "photos/p2.jpeg"):
            archive.writestr(name, b"x")
        media = dayone_media.Media(archive)
    text, files = dayone_media.placed("Three.", raw, media, datetime(2026, 3, 1, tzinfo=UTC), [])
    assert [file.file for file in files] == ["photos/p0.jpeg", "videos/v1.mov", "photos/p2.jpeg"]
    assert [text.index(file.uid) for file in files] == sorted(text.index(file.uid) for file in files)
