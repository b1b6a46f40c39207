"""The search: measured on examples it has not seen and on questions worded apart from them.

A question and its transliterated double never stand on both sides of a split: they fold to the same letters.
"""

import random
import time
import tracemalloc
from collections import defaultdict
from pathlib import Path

import pytest

import locales
from care.examples import NOT_OURS, Example, examples
from care.search import Search
from care.topics import TOPICS, Kind
from locales.folding import fold
from locales.questions import load_questions

ROOT = Path(locales.__file__).parent
PO = (ROOT / "en/LC_MESSAGES/answers.po").read_text(encoding="utf-8")
EXISTING = frozenset(t for t, topic in TOPICS.items() if topic.kind is Kind.ACTION or f'"{t}|text"' in PO)
ALL = tuple(one for language, table in load_questions(ROOT).items() for one in examples(language, table))
LANGUAGES = ("ru", "uz", "tg", "kk")


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(ALL, fold=fold, existing=EXISTING)


@pytest.fixture(scope="module")
def held_out() -> tuple[Search, list[Example]]:
    families = sorted({family(one) for one in ALL})
    random.Random(7).shuffle(families)
    aside = set(families[: len(families) // 5])
    known = [one for one in ALL if family(one) not in aside]
    return Search(known, fold=fold, existing=EXISTING), [one for one in ALL if family(one) in aside]


def family(one: Example) -> str:
    return fold(one.text).replace("й", "и").replace(" ", "")


def test_most_unseen_questions_find_their_topic_in_every_language(held_out):
    search, unseen = held_out
    first, third, count = defaultdict(int), defaultdict(int), defaultdict(int)
    for one in unseen:
        if one.topic in EXISTING:
            ranked = [each.topic for each in search.ask(one.text).topics]
            first[one.language] += ranked[:1] == [one.topic]
            third[one.language] += one.topic in ranked
            count[one.language] += 1

    top1 = {language: round(first[language] / count[language], 3) for language in LANGUAGES}
    top3 = {language: round(third[language] / count[language], 3) for language in LANGUAGES}
    print("unseen", top1, top3)
    assert min(top1.values()) >= 0.65
    assert min(top3.values()) >= 0.85


def test_an_answer_given_without_asking_back_is_mostly_right(held_out):
    search, unseen = held_out
    given = [(one, search.ask(one.text)) for one in unseen if one.topic in EXISTING]
    sure = [(one, finding) for one, finding in given if finding.confident]
    right = [one for one, finding in sure if finding.topics[0].topic == one.topic]

    print("sure", len(sure) / len(given), "right", len(right) / len(sure))
    assert len(right) / len(sure) >= 0.9
    assert len(sure) / len(given) >= 0.45


def test_what_is_not_ours_is_rarely_answered(held_out):
    search, unseen = held_out
    foreign = [one for one in unseen if one.topic == NOT_OURS]
    answered = [one.text for one in foreign if search.ask(one.text).confident]

    print("false answers", len(answered) / len(foreign), answered)
    assert len(answered) <= len(foreign) * 0.06


def test_a_topic_without_an_answer_leads_to_its_neighbours_and_not_to_a_sure_answer(held_out):
    search, unseen = held_out
    unwritten = [one for one in unseen if one.topic not in EXISTING | {NOT_OURS}]
    findings = [search.ask(one.text) for one in unwritten]

    assert sum(finding.confident for finding in findings) <= len(findings) * 0.05
    assert all({each.topic for each in finding.topics} <= EXISTING for finding in findings)
    assert all(finding.topics for finding in findings)


APART = [
    ("is-tb-curable", "а этот недуг вообще побеждают люди?"),
    ("deportation", "выгонят меня из Казахстана если кашель найдут?"),
    ("deportation", "sil chiqsa vatanga haydab yuborishmaydimi"),
    ("deportation", "агар сил ёфт шавад маро ба Тоҷикистон мефиристанд?"),
    ("deportation", "туберкулез болсам елге қайтарып жібере ме"),
    ("test-cost", "рентген бесплатный или нет"),
    ("test-cost", "tekshiruv pullikmi yoki tekinmi"),
    ("test-cost", "барои муоина пул лозим аст?"),
    ("test-cost", "тексерілу ақылы ма"),
    ("symptoms", "кашель третью неделю и потею ночами"),
    ("symptoms", "3 haftadan beri yo'talaman kechasi terlayman"),
    ("symptoms", "се ҳафта боз сулфа мекунам шабона арақ"),
    ("symptoms", "үш аптадан бері жөтелемін түнде терлеймін"),
    ("how-long-results", "через сколько скажут что показал анализ"),
    ("how-long-results", "javobi qachon tayyor bo'ladi"),
    ("how-long-results", "ҷавобашро кай медиҳанд"),
    ("how-long-results", "жауабы қай күні шығады"),
    ("employer", "прораб уволит меня если узнает"),
    ("employer", "xo'jayin ishdan haydasa nima qilaman"),
    ("employer", "соҳибкор маро аз кор пеш мекунад?"),
    ("employer", "бастық жұмыстан шығарып жібере ме"),
    ("no-registration", "прописки нет, примут меня в больнице?"),
    ("no-registration", "ro'yxatdan o'tmaganman tekshirishadimi"),
    ("no-registration", "бе регистратсия маро қабул мекунанд?"),
    ("no-registration", "тіркеуім жоқ қабылдай ма"),
    ("treatment-duration", "сколько месяцев пить таблетки"),
    ("treatment-duration", "necha oy dori ichiladi"),
    ("treatment-duration", "чанд моҳ дору мехӯранд"),
    ("treatment-duration", "неше ай дәрі ішеді"),
    ("side-effects", "после таблеток тошнит и чешется кожа"),
    ("side-effects", "doridan keyin ko'nglim ayniyapti"),
    ("side-effects", "аз ҳаб дилам беҷо мешавад"),
    ("side-effects", "дәріден жүрегім айнып тұр"),
    ("stigma", "стыдно сказать родным что болею"),
    ("stigma", "odamlardan uyalaman kasalim bor deb"),
    ("stigma", "аз мардум шарм медорам"),
    ("stigma", "ауырғанымды айтуға ұяламын"),
    ("book-screening", "запишите меня на обследование"),
    ("book-screening", "ko'rikka yozilmoqchiman"),
    ("book-screening", "мехоҳам ба муоина навбат гирам"),
    ("book-screening", "тексерілуге жазылайын деп едім"),
    ("how-tb-spreads", "воздухом заражаются или как"),
    ("contact-with-patient", "мы живём вчетвером и у одного нашли палочку"),
    ("bot-privacy", "мою переписку тут кто-нибудь видит?"),
    ("hospital-stay", "в тубдиспансер обязательно ложиться?"),
    ("going-home", "уезжаю домой, а лечение не закончил"),
    ("documents-needed", "какие бумаги взять с собой"),
    ("what-can-you-do", "что ты умеешь бот"),
    ("deportation", "will they deport me if they find TB"),
    ("test-cost", "is the chest x-ray free of charge"),
]


def test_questions_worded_apart_from_the_examples_mostly_find_their_topic(search):
    ranked = [(topic, text, [each.topic for each in search.ask(text).topics]) for topic, text in APART]
    missed = [(topic, text, found) for topic, text, found in ranked if found[:1] != [topic]]
    absent = [miss for miss in missed if miss[0] not in miss[2]]

    print(*missed, sep="\n")
    assert len(missed) <= len(APART) * 0.2
    assert len(absent) <= len(APART) * 0.1


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?!", "🙂🙂", "ыъьывфцйцук", "+7 700 123 45 67", "как приготовить плов", "/etc/passwd"],
)
def test_what_nobody_can_understand_is_not_answered(search, text):
    assert not search.ask(text).confident


def test_an_example_itself_is_answered_for_sure(search):
    finding = search.ask("Sil nima!")

    assert finding.confident
    assert (finding.topics[0].topic, finding.language) == ("what-is-tb", "uz")


def test_the_same_question_in_any_script_finds_the_same(search):
    spellings = ("yoʻtalganda balgʻam chiqadi", "yo'talganda balg'am chiqadi", "йўталганда балғам чиқади")

    assert len({search.ask(text).topics for text in spellings}) == 1


def test_an_index_of_nothing_answers_nothing():
    assert Search((), fold=fold).ask("сил чист").topics == ()


def test_a_question_takes_two_milliseconds_and_the_index_under_forty_megabytes():
    tracemalloc.start()
    search = Search(ALL, fold=fold, existing=EXISTING)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    taken = []
    for one in random.Random(3).sample(ALL, 300):
        begun = time.perf_counter()
        search.ask(one.text)
        taken.append(time.perf_counter() - begun)

    assert held < 40e6
    assert sorted(taken)[150] < 2e-3


def test_a_very_long_question_is_read_in_its_beginning(search):
    assert search.ask("сил чист " * 20_000).topics
