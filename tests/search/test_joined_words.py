"""Words that something is joined to: particles, prefixes, articles, marks, signs that nobody sees; on both databases alike."""

import pytest
from flask import Flask

from app.database.transactions import writing
from app.extensions import db
from app.models import User
from app.queries import accounts, searching
from app.search import languages, light_stems, terms
from app.text import search_query
from tests.factories import Factory

FOUND: dict[str, dict[str, tuple[str, ...]]] = {
    "ko": {
        "사과를 먹었다.": ("사과", "사과를"),
        "고양이 사진을 찍었다.": ("고양이", "고양이가", "고양이를", "사진"),
        "고양이가 잔다.": ("고양이", "고양이는"),
        "가을에 만났다.": ("가을", "가을이"),
        "아이들이 논다.": ("아이들",),
        "회의에 늦었다.": ("회의", "회의는"),
        "종이를 샀다.": ("종이",),
        "제주도에 갔다.": ("제주도", "제주도는"),
        "선생님께서 오셨다.": ("선생님", "선생님이"),
    },
    "he": {
        "הבית ליד הים.": ("בית", "הבית", "ים"),
        "נפגשנו בשבת בערב.": ("שבת", "ערב"),
        "השנה החדשה": ("שנה", "בשנה"),
        "אמרתי את האמת לבת.": ("אמת", "בת"),
        "תל־אביב יפה, בית־ספר": ("אביב", "תל אביב", "תל-אביב", "ספר"),
        'ראיתי את צה"ל ברחוב, ארה״ב': ('צה"ל', "צה״ל", 'צה"ל ברחוב', 'ארה"ב'),
        "קניתי צ׳יפס": ("צ'יפס", "צ’יפס"),
    },
    "fr": {"À l’école, L'été d'Anne qu'elle aime": ("école", "été", "Anne", "elle", "l'école", "l’été")},
    "it": {"Dell'università e l’amore in un'estate": ("università", "amore", "estate", "dell’università")},
    "tr": {
        "Ankara'da gezdik. İyi geceler. Mehmet’e İki kedi İnsanlar": ("Ankara", "ankara", "iyi", "Mehmet", "iki", "insan", "Ankara'dan")
    },
    "ru": {"Кни́га и учи́тель, и́мя, приве́т": ("книга", "книги", "учитель", "имя", "привет")},
    "ar": {"سيارتي أمام غرفتي مع عائلتي": ("سيارة", "غرفة", "عائلة", "سيارتي")},
    "el": {"Τα παιδιά και τα βιβλία": ("παιδί", "παιδιά", "βιβλίο")},
    "hi": {"बाज़ार में हिंदी और ज़िंदगी": ("बाजार", "हिन्दी", "जिंदगी", "बाज़ार")},
    "vi": {"Đà Nẵng đẹp": ("da nang", "Đà Nẵng")},
    "en": {
        "今天**很重要**。我去了[北京](http://x.yz)大学": ("今天很重要", "北京大学", "yz"),
        "f**k this day, a table of 80*120 cm": ("f**k", "80*120", "80", "120"),
        "Fußnote*, noch*eine hier, `width*height*depth`": ("noch", "eine", "height"),
        "sh*t and 3~~4": ("sh*t", "3~~4"),
        "te**xt** mine and [a](http://b.example)b": ("text", "ab", "example"),
        "Die Donau\u00addampf\u00adschifffahrt ភាសា\u200bខ្មែរ": ("Donaudampfschifffahrt", "ភាសាខ្មែរ"),
        "Łódź, smørrebrød, ۱۴۰۳ and १२": ("lodz", "smorrebrod", "1403", "12"),
    },
}


@pytest.mark.parametrize("codes", FOUND)
def test_what_is_joined_to_a_word_hides_it_from_nobody(context: Flask, factory: Factory, codes: str) -> None:
    with writing():
        db.session.get_one(User, factory.ada.id).search_languages = codes if codes in languages.LANGUAGES else ""
    ada = accounts.by_id(factory.ada.id)
    assert ada
    db.session.expunge(ada)
    db.session.rollback()
    ids = [factory.entry(ada, text).id for text in FOUND[codes]]
    for entry_id, (text, asked) in zip(ids, FOUND[codes].items(), strict=True):
        results = {word: searching.search(ada, word) for word in asked}
        assert not [word for word, found in results.items() if found.is_widened or entry_id not in {one.id for one in found.found}], text


def test_english_keeps_its_apostrophes_beside_turkish(context: Flask, factory: Factory) -> None:
    with writing():
        db.session.get_one(User, factory.ada.id).search_languages = "en tr"
    ada = accounts.by_id(factory.ada.id)
    assert ada
    db.session.expunge(ada)
    db.session.rollback()
    entry = factory.entry(ada, "Don't go there. We'll see Ankara'da.")
    for asked in ("don't", "Don't", "we'll", "ankara'da", "ankara", "Ankara"):
        assert entry.id in {one.id for one in searching.search(ada, asked).found}, asked


@pytest.mark.parametrize("letter", ["π", "µ", "ש", "사"])
def test_one_letter_of_another_script_leaves_a_long_text_as_findable_as_it_was(letter: str) -> None:
    text = " ".join(f"word{number}" for number in range(25_000)) + " filler" * 140_000
    plain, with_letter = terms.terms_of(f"{text} zebrafish"), terms.terms_of(f"{letter} {text} zebrafish")
    assert plain[-1] == "zebrafish" and "zebrafish" in with_letter and len(with_letter) <= len(plain) + 6


def test_endings_that_are_none_join_no_words(context: Flask, factory: Factory) -> None:
    love = factory.entry(body="사랑 이야기")
    assert love.id not in {one.id for one in searching.search(factory.ada, "사과").found}
    assert light_stems.korean("가을") == "가을" and light_stems.korean("사과를") == "사과"


def test_a_stroke_within_a_word_begins_no_phrase() -> None:
    assert search_query.parse('צה"ל שישי').words == ['צה"ל', "שישי"]
    assert search_query.parse('13" bag laptop').words == ['13"', "bag", "laptop"]
    assert search_query.parse('"in 1999" sea').phrases == ["in 1999"]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("We walked to [the harbour](https://example.org/a) and back.", '"the harbour and back"'),
        ("The harbour[^1] and the boats.\n\n[^1]: A note.", '"harbour and the boats"'),
        ("A photo ![the red boat](https://example.org/c.png) here.", '"red boat here"'),
        ("I don\\'t mind.", "don't"),
        ("At the caf&eacute;.", "café"),
        ("![cat](attachment:abcdefgh2345)![dog](attachment:abcdefgh2346)", "dog"),
        ("[cat.pdf](attachment:abcdefgh2345)[dog.pdf](attachment:abcdefgh2346)", "dog"),
        ("Say `&nbsp;` or &amp; there.", "nbsp"),
        ("Say `&nbsp;` or &amp; there.", "amp"),
        ("[a place](https://example.org/harbour)", '"example.org/harbour"'),
    ],
)
def test_what_stands_side_by_side_on_the_page_is_found_so(context: Flask, factory: Factory, text: str, phrase: str) -> None:
    entry = factory.entry(body=text)
    assert [one.id for one in searching.search(factory.ada, phrase).found] == [entry.id]
    assert not searching.search(factory.ada, f"-{phrase} {text.split()[0].strip('[')}").found


def test_a_tick_is_no_word(context: Flask, factory: Factory) -> None:
    factory.entry(body="- [x] milk\n1. [X] bread")
    assert not searching.search(factory.ada, "x").found and searching.search(factory.ada, "milk").found


def test_an_operator_that_is_none_leaves_out_what_it_should(context: Flask, factory: Factory) -> None:
    alone = factory.entry(body="A flight alone.")
    factory.entry(body="A flight to Fred.")
    factory.entry(body="At -5 degrees.")
    assert [one.id for one in searching.search(factory.ada, "flight -to:fred").found] == [alone.id]
    assert len(searching.search(factory.ada, "–5").found) == 1
    for dash in "-–−":
        assert len(searching.search(factory.ada, f"flight {dash}alone").found) == 1
    assert len(searching.search(factory.ada, "flight – alone").found) == 1
