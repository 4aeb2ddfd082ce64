"""What has changed between two texts, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from app.text.differences import Piece, between


def test_words_stay_whole_and_each_chinese_character_is_one() -> None:
    assert between("a walk home", "a talk home") == [Piece(0, "a "), Piece(-1, "walk"), Piece(1, "talk"), Piece(0, " home")]
    assert between("看到彗星", "看见彗星") == [Piece(0, "看"), Piece(-1, "到"), Piece(1, "见"), Piece(0, "彗星")]
    assert between("हिन्दी", "हिन्दू") == [Piece(-1, "हिन्दी"), Piece(1, "हिन्दू")]
    assert between("cafe\u0301", "cafe\u0300") == [Piece(-1, "cafe\u0301"), Piece(1, "cafe\u0300")]
    assert between("👨‍👩‍👧 here", "👨‍👩‍👦 here") == [Piece(-1, "👨‍👩‍👧"), Piece(1, "👨‍👩‍👦"), Piece(0, " here")]
    assert between("🇩🇪", "🇩🇰") == [Piece(-1, "🇩🇪"), Piece(1, "🇩🇰")]
    assert between("ไปเที่ยวทะเล", "ไปเที่ยวภูเขา") == [Piece(0, "ไปเที่ยว"), Piece(-1, "ทะเล"), Piece(1, "ภูเขา")]
    assert between("same", "same") == [Piece(0, "same")] and between("", "") == []


@given(st.text(max_size=300), st.text(max_size=300))
def test_both_texts_can_be_read_off_the_pieces(earlier: str, later: str) -> None:
    pieces = between(earlier, later)
    assert "".join(piece.text for piece in pieces if piece.kind <= 0) == earlier
    assert "".join(piece.text for piece in pieces if piece.kind >= 0) == later


def test_more_kinds_of_words_than_there_are_characters() -> None:
    earlier = "\n".join(f"word{number}" for number in range(70_000))
    pieces = between(earlier, earlier + "\nend")
    assert "".join(piece.text for piece in pieces if piece.kind >= 0) == earlier + "\nend"
