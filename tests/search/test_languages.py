"""Finding and counting in eleven languages: sentences as diaries have them, and forms of their words, on both databases alike."""

from typing import NamedTuple

import pytest
from flask import Flask

from app.database.transactions import writing
from app.extensions import db
from app.models import User
from app.queries import accounts, searching
from app.search import index, terms
from app.search.languages import DEFAULT
from app.text import words
from tests.factories import Factory


class Sentence(NamedTuple):
    """A sentence, how many words (of Chinese and Japanese, letters) a person counts, and forms of one of its words that find it."""

    text: str
    number: int
    forms: tuple[str, ...]


LANGUAGES: dict[str, tuple[str, list[Sentence]]] = {
    "en": (
        "en",
        [
            Sentence("We walked to the harbour before breakfast.", 7, ("walk", "walking", "walks")),
            Sentence("Mum's letters arrived in a well-worn envelope.", 7, ("letter", "letters", "envelopes")),
            Sentence("It rained all day, so I baked two loaves.", 9, ("rain", "raining", "rains")),
            Sentence("O'Reilly called at 13:09 about the roof.", 7, ("call", "calling", "calls")),
            Sentence("The children painted the fence blue.", 6, ("paint", "painting", "paints")),
            Sentence("I couldn't sleep; the wind was singing.", 7, ("sing", "sings", "singing")),
            Sentence("We planted three apple trees.", 5, ("plant", "planting", "tree")),
            Sentence("Dinner with old friends, and then dancing.", 7, ("friend", "dance", "dances")),
            Sentence("My train stopped twice between stations.", 6, ("station", "stop", "stopping")),
            Sentence("She laughed until she cried.", 5, ("laugh", "laughing", "laughs")),
        ],
    ),
    "ru": (
        "ru",
        [
            Sentence("Сегодня мы долго гуляли по набережной.", 6, ("гулял", "гуляла", "гуляло")),
            Sentence("Бабушка испекла пирог с яблоками.", 5, ("яблоко", "яблок", "яблока")),
            Sentence("В саду зацвела старая вишня.", 5, ("вишни", "вишню", "вишней")),
            Sentence("Дети строили крепость из снега.", 5, ("снег", "снегом", "снегу")),
            Sentence("Ёлка стоит в углу и пахнет лесом.", 7, ("елки", "ёлку", "лес")),
            Sentence("Я прочитал письмо от брата дважды.", 6, ("письма", "письму", "письмом")),
            Sentence("Вечером был сильный дождь с ветром.", 6, ("дождя", "дождём", "дождей")),
            Sentence("Мы купили билеты на поезд.", 5, ("билет", "билета", "билетов")),
            Sentence("Кошка спала на тёплом подоконнике.", 5, ("кошки", "кошку", "кошкой")),
            Sentence("Завтра поедем к морю.", 4, ("море", "моря", "морем")),
        ],
    ),
    "zh": (
        "en",
        [
            Sentence("今天我们走到了港口。", 9, ("港口", "走到", "我们")),
            Sentence("妈妈做了红烧肉。", 7, ("红烧肉", "红烧", "妈妈")),
            Sentence("下雨了,我在家看书。", 8, ("下雨", "看书", "在家")),
            Sentence("孩子们在公园里放风筝。", 10, ("风筝", "公园", "孩子")),
            Sentence("昨晚没睡好,一直做梦。", 9, ("做梦", "昨晚", "一直")),
            Sentence("和老朋友喝茶聊天。", 8, ("老朋友", "朋友", "喝茶")),
            Sentence("地铁上人太多了。", 7, ("地铁", "人太多", "地铁上")),
            Sentence("我开始学习钢琴。", 7, ("学习", "钢琴", "学习钢琴")),
            Sentence("中秋节的月亮很圆。", 8, ("中秋节", "中秋", "月亮")),
            Sentence("明天要去北京出差。", 8, ("北京", "出差", "明天")),
        ],
    ),
    "ja": (
        "en",
        [
            Sentence("今日は港まで歩いた。", 9, ("歩く", "歩いた", "歩きます")),
            Sentence("母がカレーを作ってくれた。", 12, ("作る", "作った", "カレー")),
            Sentence("雨が降ったので家で本を読んだ。", 14, ("読む", "読んだ", "読みます")),
            Sentence("友達と映画を見に行った。", 11, ("行く", "行った", "映画")),
            Sentence("子供たちは公園で遊んでいる。", 13, ("遊ぶ", "遊んだ", "公園")),
            Sentence("昨夜はよく眠れなかった。", 11, ("眠る", "眠れない", "昨夜")),
            Sentence("新しい靴を買った。", 8, ("買う", "買った", "靴")),
            Sentence("祖父の手紙を見つけた。", 10, ("手紙", "祖父", "見つける")),
            Sentence("庭に桜の木を植えた。", 9, ("植える", "植えました", "桜")),
            Sentence("明日は早く起きる。", 8, ("起きる", "起きた", "早く")),
        ],
    ),
    "ko": (
        "en",
        [
            Sentence("오늘 우리는 학교에서 집까지 걸었다.", 5, ("학교", "학교는", "학교에")),
            Sentence("엄마가 김치를 담그셨다.", 3, ("김치", "김치는", "김치가")),
            Sentence("비가 와서 책을 읽었다.", 4, ("책", "책이", "책은")),
            Sentence("친구와 바다에 갔다.", 3, ("바다", "바다는", "바다로")),
            Sentence("아이들이 공원에서 놀았다.", 3, ("공원", "공원은", "공원을")),
            Sentence("어제는 잠을 못 잤다.", 4, ("잠", "잠이", "잠은")),
            Sentence("할머니께서 편지를 보내셨다.", 3, ("편지", "편지가", "편지는")),
            Sentence("새로운 직장에서 첫날이었다.", 3, ("직장", "직장은", "직장을")),
            Sentence("저녁에 산책을 했다.", 3, ("산책", "산책은", "산책이")),
            Sentence("내일 서울로 떠난다.", 3, ("서울", "서울은", "서울에서")),
        ],
    ),
    "ar": (
        "en",
        [
            Sentence("ذهبنا اليوم إلى الميناء سيرًا.", 5, ("ميناء", "الميناء", "بالميناء")),
            Sentence("كتبت رسالة إلى أخي.", 4, ("رسالة", "الرسالة", "بالرسالة")),
            Sentence("قرأت الكتاب كله في يوم واحد.", 6, ("كتاب", "الكتاب", "كتابي")),
            Sentence("طبخت أمي طعامًا لذيذًا.", 4, ("طعام", "الطعام", "بالطعام")),
            Sentence("لعب الأطفال في الحديقة.", 4, ("حديقة", "الحديقة", "بالحديقة")),
            Sentence("نزل المطر طوال الليل.", 4, ("مطر", "المطر", "بالمطر")),
            Sentence("زرنا المدرسة القديمة.", 3, ("مدرسة", "المدرسة", "بالمدرسة")),
            Sentence("رأيت البيت القديم.", 3, ("بيت", "البيت", "بيتك")),
            Sentence("شربنا الشاي والقهوة.", 3, ("قهوة", "القهوة", "بالقهوة")),
            Sentence("سافرنا بالقطار إلى القاهرة.", 4, ("قطار", "القطار", "بالقطار")),
            Sentence("غدًا عيد ميلاد صديقي.", 4, ("صديق", "الصديق", "صديقي")),
        ],
    ),
    "he": (
        "en",
        [
            Sentence("היום הלכנו אל הנמל.", 4, ("נמל", "הנמל", "לנמל")),
            Sentence("קראתי ספר ישן.", 3, ("ספר", "הספר", "ספרים")),
            Sentence("סבתא אפתה עוגה טעימה.", 4, ("עוגה", "העוגה", "עוגות")),
            Sentence("הילדים שיחקו בגינה.", 3, ("ילד", "הילד", "ילדים")),
            Sentence("שָׁלוֹם לכל החברים.", 3, ("שלום", "חבר", "חברים")),
            Sentence("ירד גשם כל הלילה.", 4, ("גשם", "הגשם", "בגשם")),
            Sentence("כתבתי מכתב לאחי.", 3, ("מכתב", "המכתב", "מכתבים")),
            Sentence("אבא שירת בצבא.", 3, ("צבא", "הצבא", "צבאות")),
            Sentence("קנינו כרטיס לרכבת.", 3, ("רכבת", "הרכבת", "כרטיסים")),
            Sentence("מחר ניסע לירושלים.", 3, ("ירושלים", "לירושלים", "בירושלים")),
        ],
    ),
    "hi": (
        "en",
        [
            Sentence("आज हम बाज़ार तक पैदल गए।", 6, ("बाज़ार", "बाज़ारों", "पैदल")),
            Sentence("माँ ने मेरी किताब पढ़ी।", 5, ("किताब", "किताबें", "किताबों")),
            Sentence("लड़का छत पर सो गया।", 5, ("लड़का", "लड़के", "लड़कों")),
            Sentence("कल रात बारिश हुई।", 4, ("रात", "रातें", "रातों")),
            Sentence("बच्चा बगीचे में खेलता है।", 5, ("बच्चा", "बच्चे", "बच्चों")),
            Sentence("मैंने दोस्त को चिट्ठी लिखी।", 5, ("दोस्त", "दोस्तों", "चिट्ठी")),
            Sentence("नदी का पानी ठंडा था।", 5, ("नदी", "नदियों", "पानी")),
            Sentence("हमने नया घर देखा।", 4, ("घर", "घरों", "नया")),
            Sentence("दादी की कहानी अच्छी थी।", 5, ("कहानी", "कहानियों", "दादी")),
            Sentence("सड़क पर बहुत भीड़ थी।", 5, ("सड़क", "सड़कें", "सड़कों")),
        ],
    ),
    "th": (
        "en",
        [
            Sentence("วันนี้เราเดินไปที่ท่าเรือ", 7, ("ท่าเรือ", "เดิน", "วันนี้")),
            Sentence("แม่ทำแกงเขียวหวานให้เรากิน", 8, ("แกง", "แม่", "เขียวหวาน")),
            Sentence("ฉันชอบอ่านหนังสือก่อนนอน", 6, ("หนังสือ", "อ่าน", "ก่อนนอน")),
            Sentence("เราไปเที่ยวทะเลกับเพื่อนเก่า", 7, ("ทะเล", "เพื่อน", "เที่ยว")),
            Sentence("พรุ่งนี้ฉันจะไปหาหมอตอนเช้า", 8, ("หมอ", "พรุ่งนี้", "ตอนเช้า")),
            Sentence("ลูกสาวของฉันเริ่มไปโรงเรียนแล้ว", 7, ("โรงเรียน", "ลูกสาว", "เริ่ม")),
            Sentence("อากาศเย็นสบายในตอนเย็น", 6, ("อากาศ", "ตอนเย็น", "สบาย")),
            Sentence("เขาโทรมาบอกว่าจะกลับบ้านช้า", 9, ("บ้าน", "กลับ", "โทร")),
            Sentence("ฉันปลูกต้นไม้ใหม่ในสวนหลังบ้าน", 8, ("ต้นไม้", "สวน", "หลังบ้าน")),
            Sentence("ฝนตกหนักมากเมื่อวาน", 5, ("ฝนตก", "ฝน", "เมื่อวาน")),
        ],
    ),
    "de": (
        "de",
        [
            Sentence("Heute sind wir zum Hafen gelaufen.", 6, ("Hafen", "Hafens", "Häfen")),
            Sentence("Die alten Häuser stehen noch.", 5, ("Haus", "Hauses", "Häusern")),
            Sentence("Oma backte einen Kuchen mit Äpfeln.", 6, ("Apfel", "Äpfel", "Apfels")),
            Sentence("Die Kinder spielten im Garten.", 5, ("Kind", "Kindes", "Kindern")),
            Sentence("Es regnete die ganze Nacht.", 5, ("Nächte", "Nacht", "Nächten")),
            Sentence("Ich schrieb meinem Bruder einen Brief.", 6, ("Briefe", "Briefes", "Brüder")),
            Sentence("Der Zug hielt an jedem Bahnhof.", 6, ("Bahnhofs", "Bahnhöfe", "Züge")),
            Sentence("Wir tranken Tee auf dem Balkon.", 6, ("Balkone", "Balkons", "Tee")),
            Sentence("Meine Freundin hat morgen Geburtstag.", 5, ("Geburtstage", "Geburtstags", "Geburtstagen")),
            Sentence("Das Fenster war die ganze Zeit offen.", 7, ("Fenstern", "Fensters", "Zeiten")),
        ],
    ),
    "tr": (
        "tr",
        [
            Sentence("Bugün sahile kadar yürüdük.", 4, ("sahil", "sahilde", "sahiller")),
            Sentence("Eski evimizi ziyaret ettik.", 4, ("ev", "evde", "evler")),
            Sentence("Annem elmalı kek yaptı.", 4, ("kek", "keki", "kekler")),
            Sentence("Çocuklar bahçede oynadı.", 3, ("çocuk", "çocuklar", "bahçe")),
            Sentence("Bütün gece yağmur yağdı.", 4, ("yağmur", "yağmuru", "yağmurlar")),
            Sentence("Kardeşime uzun bir mektup yazdım.", 5, ("mektup", "mektuplar", "mektuplarda")),
            Sentence("Kitabı bir günde okudum.", 4, ("kitap", "kitaplar", "kitabım")),
            Sentence("Şehir çok kalabalıktı.", 3, ("şehir", "şehirde", "şehirler")),
            Sentence("Akşam İstanbul'a gittik.", 3, ("istanbul", "İstanbul'da", "İstanbul'dan")),
            Sentence("Yarın arkadaşlarımla buluşacağım.", 3, ("arkadaş", "arkadaşlar", "arkadaşlarım")),
        ],
    ),
}
EVERY = [
    pytest.param(codes, one, id=f"{language}-{number}") for language, (codes, some) in LANGUAGES.items() for number, one in enumerate(some)
]


@pytest.mark.parametrize(("codes", "sentence"), EVERY)
def test_the_count_is_a_persons(codes: str, sentence: Sentence) -> None:
    assert abs(words.count(sentence.text) - sentence.number) <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_is_found_in_its_forms(context: Flask, factory: Factory, language: str) -> None:
    codes, sentences = LANGUAGES[language]
    with writing():
        db.session.get_one(User, factory.ada.id).search_languages = codes
    ada = accounts.by_id(factory.ada.id)
    assert ada
    db.session.expunge(ada)
    db.session.rollback()
    entries = [factory.entry(ada, sentence.text).id for sentence in sentences]
    missed = [
        (form, sentence.text)
        for entry_id, sentence in zip(entries, sentences, strict=True)
        for form in sentence.forms
        if entry_id not in [found.id for found in searching.search(ada, form).found]
    ]
    assert missed == []


def test_parents_are_no_joined_and() -> None:
    parents = ("والدي", "والديه", "والديها", "والديهم", "والديك", "والدينا", "والدهما", "والدان", "والدين", "والدك")
    assert {term for word in parents for term in terms.terms_of(word, "ar")} == {"والد"}


@pytest.mark.parametrize(
    ("text", "asked", "codes"),
    [
        ("Mon cœur et nos œufs.", "coeur", "fr"),
        ("Mon coeur et nos oeufs.", "œufs", "fr"),
        ("Med kjærlighet.", "kjaerlighet", "nb"),
        ("मेरे गाँव में", "गांव", DEFAULT),
        ("हम हंसना चाहते हैं", "हँसना", DEFAULT),
        ("في القاهرة", "القاهره", DEFAULT),
        ("في القاهره", "القاهرة", DEFAULT),
        ("ذهبت إلى المدرسة", "مدرسه", DEFAULT),
        ("في مستشفى كبير", "مستشفي", DEFAULT),
        ("مع أصدقائي", "أصدقاء", DEFAULT),
        ("Ми були у школі.", "школа", DEFAULT),
        ("На роботі було тихо.", "робота", DEFAULT),
        ("Ми живемо в місті.", "місто", DEFAULT),
        ("Старі вулиці.", "вулиця", DEFAULT),
        ("Ґанок.", "ганок", DEFAULT),
        *[(f"{word} 만났다", "친구", DEFAULT) for word in ("친구들과", "친구들이랑", "친구에게도", "친구만은", "친구한테도", "친구들한테")],
        ("엄마께서는 웃었다", "엄마", DEFAULT),
        ("집에선 조용했다", "집", DEFAULT),
        ("오늘은 공부했다", "공부", DEFAULT),
    ],
)
def test_one_word_is_found_however_people_spell_it(text: str, asked: str, codes: str) -> None:
    kept = " ".join(index.words_of("", text, codes).body)
    assert any(f" {' '.join(row)} " in f" {kept} " for row in terms.alternatives(asked, codes))
