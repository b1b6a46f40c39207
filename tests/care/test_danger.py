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


ALSO_NOW = """
    у мужа пошла горлом кровь что делать
    плююсь кровью с утра
    кашлянул в руку а там красное кровь
    мокрота с кровью третий день
    откашливаю кровяные сгустки
    кашель с кровью
    прожилки крови в мокроте со вчера
    задыхаюсь по ночам сильно
    не могу сделать вдох
    дышать не могу помогите
    мне не хватает воздуха
    трудно дышать стало
    сдавило грудь очень больно
    невыносимая боль в груди отдает в руку
    парень упал и потерял сознание
    дочка в обмороке
    судороги у сына
    не вижу смысла жить хочу покончить с этим
    сделаю с собой что нибудь, жить не хочу
    yo'talsam qon aralash balg'am tushyapti
    qon tufladim bugun
    og'zidan qon kelayapti xonadoshimning
    balgamim qonli
    nafas olishim qiyin bo'lib qoldi
    nafas ololmayman
    havo yetmayapti
    do'stim hushidan ketib qoldi
    ko'kragimda kuchli og'riq
    joniga qasd qilmoqchiman
    jonimdan to'yib ketdim o'zimni osaman
    yashashni xohlamayman
    балғамимда қон кўринди
    нафас олиш қийин бўляпти
    кўкрагимда кучли оғриқ бор
    хун мебарояд аз даҳонам
    бо сулфа хун баромад
    балгамам хун дорад
    нафас кашидан душвор шуд
    нафасам танг шуд
    сина сахт дард дорад
    бародарам аз худ рафт
    зистан намехоҳам
    худамро мекушам
    жөтелсем қан шығады
    қақырықта қан бар
    аузымнан қан кетті
    ауа жетпей жатыр
    дем алу қиын болып жатыр
    кеудемде қатты ауырсыну бар
    досым талып қалды
    өмір сүргім келмей жүр
    өз-өзіме қол жұмсағым келеді
    кан түкүрүп жатам
    дем алалбай жатам
    көөдөнүм катуу ооруп жатат
    coughed up blood this morning
    blood when I cough
    my husband can not breathe
    I feel like killing myself
    he collapsed and is unconscious
    chest pain very strong
    харкаю кровью
    вырвало кровью
    у меня пошла кровь когда кашлял
    ребенок кашляет и на платке кровь
    кашляю красным
    полная раковина крови после кашля
    кровь течет изо рта рекой
    мне плохо, не могу вдохнуть полной грудью
    совсем не могу дышать лежа
    он посинел и хрипит
    папа не дышит
    острая боль за грудиной
    грудная клетка болит так сильно что не встаю
    сердце схватило
    мама без сознания лежит
    он упал и не приходит в себя
    брат хочет покончить с собой
    хочется сдохнуть
    лучше бы я умер
    зачем мне жить
    og'zimdan qon chiqayapti
    qonli balg'am tupurayapman
    akam yo'talib qon chiqardi
    bolam nafas olmayapti
    nafas olishga qiynalyapman
    nafasim siqilyapti
    ko'kragim sanchib qattiq og'riyapti
    dadam hushsiz yotibdi
    o'zimni o'ldirsam deyman
    o'lib ketgim kelyapti
    yashashdan charchadim o'lsam deyman
    йўталда қон бор
    қон тупураяпман акажон
    нафас етмаяпти
    юрагим қаттиқ оғрияпти
    сулфаам хун дорад
    хун туф кардам имшаб
    балғами сурх бо хун
    нафас гирифтан душвор
    дилам сахт дард мекунад нафас нест
    ҳамкорам афтод беҳуш
    модарам хушашро гум кард
    дигар зиндагӣ кардан намехоҳам
    мехоҳам бимирам
    түкірігімде қан бар
    жөтелгенде қан келді
    қан құсып жатыр
    дем ала алмай қалды
    тынысым тарылып барады
    кеудем шыдатпай ауырып жатыр
    інім құлап есінен танды
    әкем ессіз жатыр
    өлгім келіп тұр
    өмір сүруден шаршадым өлгім келеді
    қан түкүрүп жатам
    демим жетпей жатат
    эсин жоготту
    blood came out of my mouth
    I am spitting up blood
    cant breath help
    he stopped breathing
    she passed out
    i want to end my life
    krov s mokrotoy
    ne mogu vdohnut
    zadyhayus
    poteryal soznanie
    hochu umeret
    сегодня утром кашлянул и увидел кровь
    слюна с кровью после кашля
    напарник кашляет а изо рта кровь льется
    кров при кашле третий раз
    дышать нечем совсем плохо
    воздуха не хватает ночью просыпаюсь
    он хрипит и не может вдохнуть
    в груди резкая боль как нож
    сильно давит на грудь
    упал в обморок на стройке
    дедушка потерял сознание
    мысли о суициде
    хочу повеситься
    qon aralash yo'tal bo'lyapti
    balg'amga qon qo'shilib chiqyapti
    nafas olish og'irlashdi
    nafasim bo'g'ilib ketyapti
    hushimni yo'qotib qo'ydim
    o'zimni o'ldirgim kelyapti
    qattiq ko'krak og'rig'i bor
    сулфа мекунаму хун мебарояд
    аз гулӯям хун омад
    нафаскашиам душвор шуд
    дарди сахти қафаси сина
    бехуш шуда афтод
    худкушӣ кардан дар сарам
    жөтелгенімде қан көрдім
    қақырық қызыл болып шықты
    тыныс алу қиындап кетті
    жүрек тұсым қатты ауырады
    есінен айырылды
    өмір сүргім жоқ
    coughing blood since last night
    there is blood in my spit
    I cannot get enough air
""".strip().splitlines()

ALSO_CALM = """
    кровь не кашляю
    крови в мокроте не было
    а кровь должна быть при туберкулезе?
    кашель сухой без крови
    сдал кровь из вены
    группа крови
    можно ли переливать кровь больному
    кровь на вич сдать
    как дышать чтобы не заразиться
    дышу нормально
    боль в груди при кашле
    немного колет в груди
    умирают ли от туберкулеза
    сколько живут с туберкулезом
    я хочу жить
    хочу жить в казахстане
    жить негде
    сознательно не лечится
    воздух в комнате проветривать
    потерял паспорт
    потерял работу
    не могу уснуть
    не могу прийти завтра
    мне тяжело
    qon aralashmagan
    qonim toza
    qon bosim dori
    qon topshirdim natija qachon
    kimda qon bo'lsa sil bo'ladimi
    nafas orqali yuqadimi
    yashash uchun ruxsat
    yashash joyim yo'q
    o'lim xavfi bormi
    o'lib ketmaymanmi
    ish yo'q
    ko'krak rentgeni
    қон топширдим
    нафас олиш нормал
    хун супоридам
    хуни ман гурӯҳи чанд
    зиндагӣ дар хобгоҳ
    сина рентген
    қан тапсырдым
    қан тобы
    кеуде рентгені
    демалыс қашан
    өмір сүру ұзақтығы
    өлім бола ма
    тыныс алу жаттығуы
    қан жоқ тек қақырық
    blood type
    how long do people live with tb
    chest x-ray
    can I live with my family
    I want to live
    is it dangerous to breathe same air
    2 yil oldin qon tupurganman
    үш жыл бұрын қан түкіргенмін
    давно была кровь в мокроте лет пять назад
    можно заразиться через кровь?
    сколько стоит анализ крови
    крови вроде нет, только мокрота
    у него нет крови при кашле
    болит горло при кашле
    чешется грудь
    сердце у меня здоровое
    потерял телефон
    воздух на стройке пыльный
    жить в общежитии опасно?
    как жить дальше с диагнозом
    как жить после лечения
    меня убьет этот туберкулез?
    умереть от туберкулеза можно?
    qon guruhim ikkinchi
    qon tahlilida sil chiqadimi
    yotoqxonada yashash xavflimi
    bo'g'imlarim og'riyapti
    nafas mashqi foydalimi
    o'lib ketishim mumkinmi
    хун додан лозим мешавад?
    аз хуни одам мегузарад?
    дар хона зиндагӣ кардан
    мурдан аз сил мумкин аст?
    қан тапсыру керек пе
    жатақханада өмір сүру
    жүрегім айниды дәріден
    қан арқылы жұға ма
    can I get TB from blood
    what is life like after TB
    my chest x-ray was clean
    do I need a blood donor
""".strip().splitlines()


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    ("text", "sign"), [(text, sign) for sign, texts in NOW.items() for text in lines(texts)]
)
def test_a_danger_sign_is_recognised(text, sign):
    assert danger(text) is sign


@pytest.mark.parametrize("text", [line.strip() for line in ALSO_NOW])
def test_a_danger_sign_in_other_words_is_recognised(text):
    assert danger(text) is not None


@pytest.mark.parametrize("text", [line.strip() for line in CALM + ALSO_CALM])
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
