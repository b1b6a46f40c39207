"""Uzbek in Latin letters is read in Cyrillic ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import pofile
from locales.catalogue import HERE
from locales.transliteration import cyrillic, stray_latin


@pytest.mark.parametrize(
    ("latin", "written"),
    [
        ("Oʻpka sili yuqumli kasallik.", "Ўпка сили юқумли касаллик."),
        ("2 haftadan koʻp davom etadigan yoʻtal", "2 ҳафтадан кўп давом этадиган йўтал"),
        ("Hoziroq 103 yoki 112 ga qoʻngʻiroq qiling.", "Ҳозироқ 103 ёки 112 га қўнғироқ қилинг."),
        ("Qoidalar oʻzgarib turadi.", "Қоидалар ўзгариб туради."),
        ("YANGI SHAHAR", "ЯНГИ ШАҲАР"),
        ("Yangi shahar, CHET EL", "Янги шаҳар, ЧЕТ ЭЛ"),
        ("YOʻQ Yoʻq yoʻq", "ЙЎҚ Йўқ йўқ"),
        ("Oʻ GʻANI Gʻani Shifokor", "Ў ҒАНИ Ғани Шифокор"),
        ("Oʻzbekcha", "Ўзбекча"),
        ("Hamroh", "Ҳамроҳ"),
        ("bu trace deb chiqdi", "бу trace деб чиқди"),
        ("nojoʻya taʼsir, emizish, homilador", "ножўя таъсир, эмизиш, ҳомиладор"),
        ("endi yuqtirmaydi; xonani shamollatish", "энди юқтирмайди; хонани шамоллатиш"),
        ("koʻkrak qafasi rentgeni, qon tahlili", "кўкрак қафаси рентгени, қон таҳлили"),
        ("oziq-ovqat toʻplami / yoʻl puli", "озиқ-овқат тўплами / йўл пули"),
        ("tezkor molekulyar test (Xpert)", "тезкор молекуляр тест (Xpert)"),
        ("ftiziatr, hamshira, poliklinika", "фтизиатр, ҳамшира, поликлиника"),
        ("mamlakatdan chiqarib yuborish", "мамлакатдан чиқариб юбориш"),
        ("yashash guvohnomasi, sugʻurta, ijtimoiy", "яшаш гувоҳномаси, суғурта, ижтимоий"),
        ("maʼlumotlarimni oʻchirish", "маълумотларимни ўчириш"),
    ],
)
def test_sentences_are_written_as_the_glossary_writes_them(latin, written):
    assert cyrillic(latin) == written


@pytest.mark.parametrize(
    ("latin", "written"),
    [
        ("obyekt", "объект"),
        ("sentabr", "сентябрь"),
        ("sentabrda", "сентябрда"),
        ("Oktabr", "Октябрь"),
        ("registratsiya", "регистрация"),
        ("deportatsiya", "депортация"),
        ("konsultatsiya", "консультация"),
        ("infeksiya", "инфекция"),
        ("stansiya", "станция"),
        ("pensiya", "пенсия"),
        ("retsept", "рецепт"),
        ("patsient", "пациент"),
        ("tsirk", "цирк"),
        ("militsiya", "милиция"),
        ("tuberkulyoz", "туберкулёз"),
        ("flyuorografiya", "флюорография"),
        ("molekulyar", "молекуляр"),
        ("alkogolsiz", "алкоголсиз"),
    ],
)
def test_loanwords_get_back_what_latin_spelling_drops(latin, written):
    assert cyrillic(latin) == written


@pytest.mark.parametrize(
    ("latin", "written"),
    [
        ("oʻtsa", "ўтса"),
        ("aytsangiz", "айтсангиз"),
        ("ketsin", "кетсин"),
        ("yongʻin", "ёнғин"),
        ("singil", "сингил"),
        ("Isʼhoq", "Исҳоқ"),
        ("taʼsir", "таъсир"),
        ("eʼtibor", "эътибор"),
        ("muayyan", "муайян"),
        ("sayyora", "сайёра"),
        ("quyosh", "қуёш"),
        ("poema", "поэма"),
        ("yetti yer", "етти ер"),
        ("va/yoki", "ва/ёки"),
        ("4-mart", "4-март"),
        ("sirka", "сирка"),
    ],
)
def test_native_words_keep_their_sounds(latin, written):
    assert cyrillic(latin) == written


@pytest.mark.parametrize("apostrophe", "ʻ‘'`’")
def test_any_apostrophe_will_do(apostrophe):
    assert cyrillic(f"bo{apostrophe}ladi, tog{apostrophe}da") == "бўлади, тоғда"


@pytest.mark.parametrize(
    "kept",
    [
        "/start",
        "(/book)",
        "{day}",
        "{n}",
        '<a href="https://t.me/hamroh?start=x">',
        "<b></b>",
        "<code>AB-12 cd</code>",
        "https://example.org/yoʻl?a=b",
        "t.me/hamroh_bot",
        "@hamroh_bot",
        "&lt;&amp;",
        "Telegram",
        "Xpert",
        "QR PDF BPaLM",
        "🤝 💊",
    ],
)
def test_what_is_not_uzbek_survives(kept):
    assert cyrillic(f"oldin {kept} keyin") == f"олдин {kept} кейин"
    assert stray_latin(kept) == ()


def test_suffixes_of_names_and_abbreviations_are_written_in_cyrillic():
    assert cyrillic("OIVga Telegramda QR-kod") == "ОИВга Telegramда QR-код"


def test_a_word_left_in_latin_is_noticed():
    assert stray_latin("бу <b>Windows</b> дастури {n}") == ("Windows",)


@given(st.text(alphabet="abdeghijklmnopqrstuvxyzOGSHTY'ʻʼ -."))
def test_no_latin_letter_is_left_of_uzbek_ones_in_small_letters(text):
    assert not stray_latin(cyrillic(text.lower()))


def _uzbek():
    for domain in ("bot", "answers"):
        path = HERE / "uz" / "LC_MESSAGES" / f"{domain}.po"
        for entry in pofile.read(path).entries if path.exists() else ():
            yield from (
                pytest.param(string, id=f"{domain}:{entry.line}") for string in entry.strings if string
            )


@pytest.mark.parametrize("message", [*_uzbek(), pytest.param("Oʻzbekcha", id="own name")])
def test_every_uzbek_message_is_cyrillic_throughout(message):
    assert stray_latin(cyrillic(message)) == ()
