"""Danger signs in all languages and spellings, and what only looks like one."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import locales
from care.danger import Danger, DangerRule
from care.examples import examples
from locales.folding import fold
from locales.questions import load_questions

danger = DangerRule(fold=fold)

NOW = {
    Danger.BLOOD: """
        кашляю с кровью уже второй день
        вчера откашлял кровь, немного
        при кашле вышел сгусток крови
        харкаю кровю памагите
        krov pri kashle idet
        у брата кровь горлом идёт
        неделю назад плевал кровью
        кровь изо рта не останавливается
        раньше не было, а сегодня кашлянул и кровь на платке
        у меня кровь в мокроте, это признак туберкулеза?
        yo'talganda og'zimdan qon chiqdi
        balgʻamimda qon bor nima qilay
        qon tupuryapmiz ikkovimiz
        йўталсам қон аралаш балғам келади
        кон тупурдим кеча
        akam qon qusyapti
        балғамам хунолуд аст
        ҳангоми сулфа хун меояд
        дирӯз хун туф кардам
        xun tuf mekunam
        khun az dahon meoyad
        жөтелгенде қан шығады
        кан тукирип жатырмын
        қақырығым қан аралас
        qaqyrygymda qan bar
        жөтөлгөндө кан чыгып жатат
        I am coughing up blood
        there is blood in my sputum since yesterday
        he is spitting blood
        кровохарканье второй день
    """,
    Danger.BREATH: """
        не могу дышать
        немогу вздохнуть нормально
        задыхаюсь лежа
        сосед задыхается помогите
        ne mogu dyshat
        тяжело дышать и не могу говорить
        воздуха не хватает совсем
        nafas ololmayapman
        нафас ололмаяпти болам
        nafasim yetmayapti
        bo'g'ilyapman
        нафас кашида наметавонам
        нафасам намерасад
        nafasam namerasad
        тыныс ала алмай жатырмын
        дем жетпей жатыр
        demim jetpei jatyr
        тұншығып барамын
        дем ала албай жатам
        I can't breathe
        my friend is choking
        it is hard to breathe
    """,
    Danger.CHEST: """
        сильно болит в груди
        резкая боль в грудной клетке
        в груди сильно давит боль
        ko'kragim qattiq og'riyapti
        кукрагим каттик огрияпти
        синаам сахт дард мекунад
        sinaam saxt dard mekunad
        кеудем қатты ауырып жатыр
        көкүрөгүм катуу ооруп жатат
        severe pain in my chest
    """,
    Danger.FAINT: """
        брат потерял сознание
        упала в обморок
        сосед не просыпается
        он без сознания
        губы посинели
        у ребенка судороги
        hushimdan ketdim
        акам хушидан кетди
        hushini yo'qotdi
        лаблари кўкарди
        аз ҳуш рафт
        ҳамхонаам беҳуш шуд
        есінен танып қалды
        есі жоқ жатыр
        ерні көгеріп кетті
        эсин жоготуп койду
        my brother fainted
        he is unconscious
    """,
    Danger.SUICIDE: """
        не хочу больше жить
        хочу умереть
        лучше умереть чем так
        думаю о самоубийстве
        покончу с собой
        ya ne hochu zhit
        yashagim kelmayapti
        o'lgim keladi
        o'zimni o'ldirmoqchiman
        ўзимни ўлдирмоқчиман
        худкушӣ мекунам
        зиндагӣ кардан намехоҳам
        мурдан мехоҳам
        өмір сүргім келмейді
        өлгім келіп жүр
        өзімді өлтіремін
        жашагым келбейт
        I want to die
        I want to kill myself
        I don't want to live
    """,
}

CALM = """
    крови нет
    кашель без крови
    кашляю но крови нет
    кровью не кашляю
    не кашляю кровью, только мокрота
    кровь в мокроте это признак туберкулеза?
    всегда ли при туберкулезе кашель с кровью
    кровь из носа пошла
    нужно сдать кровь?
    анализ крови показывает туберкулез?
    через кровь передается туберкулез?
    давление высокое
    кровать общая, можно спать?
    кровельщик кашляет
    год назад кашлял кровью
    10 лет назад было кровохарканье
    2 месяца назад была кровь в мокроте
    в детстве кашлял кровью
    можно дышать с ним одним воздухом
    не задыхаюсь
    в маске тяжело дышать
    боль в груди не сильная
    болит грудь
    кормлю грудью сильно болит голова
    боюсь умереть
    не хочу умирать
    можно жить с туберкулезом
    умру я или нет
    убьют ли меня таблетки
    qon yo'q
    qonsiz balg'am
    yo'talganda qon kelmayapti
    qon tupurmayapman
    qon tahlili topshirish kerakmi
    қон таҳлили неча пул
    burnimdan qon ketyapti
    qon bosimim baland
    balg'amda qon bo'lishi sil belgisimi
    o'tgan yili qon tupurgandim
    nafas olish mashqlari
    niqobda nafas olish qiyin
    ko'kragim og'riyapti
    o'lgim kelmaydi
    хун нест
    сулфа мекунам хун намеояд
    таҳлили хун лозим аст?
    хун дар балғам аломати сил аст?
    соли гузашта хун туф карда будам
    аз биниам хун рафт
    мурдан намехоҳам
    қан жоқ
    қан түкірмеймін
    жөтелемін бірақ қан жоқ
    қан анализі керек пе
    қан түкіру туберкулездің белгісі ме
    былтыр қан түкірдім
    мұрнымнан қан кетті
    қан қысымым жоғары
    демалыс күні жұмыс істей ме
    өлгім келмейді
    кан канча турат
    қанша тұрады
    no blood
    I cough but no blood
    is blood in sputum a sign of TB?
    can TB kill
    do I need a blood test
    last year I was coughing blood
    I do not want to die
    сил аз хун мегузарад?
    туберкулез кандан жуга ма
    от таблеток тошнит
    бесплатно ли
    салом
    здравствуйте, где клиника
""".strip().splitlines()


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    ("text", "sign"), [(text, sign) for sign, texts in NOW.items() for text in lines(texts)]
)
def test_a_danger_sign_is_recognised(text, sign):
    assert danger(text) is sign


@pytest.mark.parametrize("text", [line.strip() for line in CALM])
def test_what_only_looks_like_danger_is_not(text):
    assert danger(text) is None


def test_questions_about_other_topics_raise_almost_no_alarm():
    tables = load_questions(Path(locales.__file__).parent)
    ours = [one for language, table in tables.items() for one in examples(language, table)]
    alarms = [one for one in ours if one.topic not in {"emergency", "mental-health"} and danger(one.text)]

    assert len(alarms) <= len(ours) // 500


def test_what_comes_before_the_danger_does_not_hide_it():
    assert danger("крови нет но я не могу дышать") is Danger.BREATH
    assert danger("хочу записаться на завтра, и еще у меня кровь в мокроте") is Danger.BLOOD


def test_the_rule_takes_less_than_a_tenth_of_a_millisecond():
    texts = [text for texts in NOW.values() for text in lines(texts)] + CALM
    best = min(_seconds(texts) for _ in range(5))

    assert best / len(texts) < 100e-6


def _seconds(texts: list[str]) -> float:
    start = time.perf_counter()
    for text in texts:
        danger(text)
    return time.perf_counter() - start


@given(st.text(max_size=300))
def test_any_text_at_all_is_read(text):
    assert danger(text) is None or isinstance(danger(text), Danger)


def test_a_very_long_text_takes_no_longer_than_its_beginning():
    assert danger("не могу дышать " + "а " * 100_000) is Danger.BREATH
