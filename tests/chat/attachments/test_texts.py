"""Text in the encodings that files come in."""

import pytest

from chat.attachments import texts

ASCII = "id,name,value\n1,pump,12.5\n" * 5
GERMAN = "Größe;Länge;Straße\nfünf;über;Öl\n"
FRENCH = "Température élevée à l’extérieur, œuvre déjà vue: 5 €\n"
JAPANESE = (
    "これは日本語のテキストです。漢字とひらがなとカタカナが混ざっています。温度は12.5℃でした。\n"
)
SIMPLIFIED = (
    "这是一个用简体中文写的文本文件，里面有一些常见的汉字和标点符号。我们明天再测量一次。\n"
)
TRADITIONAL = (
    "這是一個用繁體中文寫的文字檔案，裡面有一些常見的漢字和標點符號。我們明天再測量一次。\n"
)
KOREAN = "이것은 한국어로 작성된 텍스트 파일입니다. 온도는 십이점오도였습니다.\n"
RUSSIAN = "Это текстовый файл на русском языке. Температура была двенадцать с половиной.\n"


@pytest.mark.parametrize("before", ["", ASCII])
@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (GERMAN, "utf-8", "UTF-8"),
        (GERMAN, "utf-8-sig", "UTF-8"),
        (GERMAN, "utf-16", "UTF-16"),
        (GERMAN, "utf-16-le", "UTF-16"),
        (GERMAN, "utf-16-be", "UTF-16"),
        (GERMAN, "utf-32", "UTF-32"),
        (GERMAN, "latin-1", "Windows-1252"),
        (FRENCH, "cp1252", "Windows-1252"),
        (JAPANESE, "utf-8", "UTF-8"),
        (JAPANESE, "cp932", "Shift-JIS"),
        (JAPANESE, "euc_jp", "EUC-JP"),
        (SIMPLIFIED, "gb18030", "GB18030"),
        (TRADITIONAL, "cp950", "Big5"),
        (KOREAN, "cp949", "EUC-KR"),
        (RUSSIAN, "cp1251", "Windows-1251"),
        (RUSSIAN, "koi8_r", "KOI8-R"),
    ],
)
def test_usual_encodings_are_recognised(text, codec, name, before):
    read = texts.read((before + text).encode(codec))
    assert (read.text, read.encoding) == (before + text, name)


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        ("山田太郎,12\n", "cp932", "Shift-JIS"),
        ("温度,12\n", "gb18030", "GB18030"),
        ("“It’s here” – done\n", "cp1252", "Windows-1252"),
        ("Müller\n", "latin-1", "Windows-1252"),
    ],
)
def test_a_few_words_are_enough(text, codec, name):
    read = texts.read(text.encode(codec))
    assert (read.text, read.encoding) == (text, name)


def test_latin_1_is_told_from_windows_1252_by_what_the_latter_lacks():
    assert texts.read(b"caf\xe9 \x81").encoding == "ISO 8859-1"


def test_utf_8_that_was_cut_within_a_character_is_utf_8():
    read = texts.read(("ä" * 300).encode()[:-1])
    assert read.encoding == "UTF-8"
    assert read.text == "ä" * 299 + "�"


def test_utf_8_with_a_broken_byte_is_utf_8():
    read = texts.read("ä".encode() * 500 + b"\xff" + "ö".encode() * 500)
    assert read.encoding == "UTF-8"
    assert read.text.count("�") == 1


def test_colours_of_a_log_are_text():
    assert texts.read(b"\x1b[31merror\x1b[0m\n" * 50)


def test_emoji_in_utf_16_are_text():
    assert texts.read(("Done 🎉 " * 50).encode("utf-16-le")).text.count("🎉") == 50


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0",
        bytes(range(256)) * 20,
        b"\0" * 100,
        b"\x01\x02\x03\x04\x05\x06\x07 text" * 10,
        b"text with a \0 in it",
        b"\xff\xfe\x00\xd8\x00\xd8",  # UTF-16 of surrogates that have no other half
        b"a\0" * 50 + b"\0\0\x01\0" * 50,
    ],
)
def test_what_is_no_text_is_none(data):
    assert texts.read(data) is None
