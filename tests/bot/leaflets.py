"""Words for posters and cards in all languages, as long as real ones; every special letter is in them."""

import json
from typing import Any

ADDRESS = "https://t.me/hamroh_bot?start=Fh3kQ9xLm2Zt7PbVaB1c"
CODE = "HJ7K 2MXX"
FOUR = ("ru", "uz", "tg", "kk")
LETTERS = {
    "ru": "ёъыэщж",
    "uz": "ʻʼ",
    "uz_Cyrl": "ўқғҳ",
    "tg": "ғӣқӯҳҷ",
    "kk": "әғқңөұүһі",
}
_TEXTS = {
    "en": (
        "Health questions? Ask in your own language",
        "Hamroh is a chat in Telegram for people who work far from home.",
        "No name, no documents",
        "It costs you nothing",
        "Nobody is told about you: not the police, not your employer",
        "If you wish, somebody goes to the doctor with you",
        "Nilufar is here for you",
        "Scan with the camera of your phone",
        "Or find @hamroh_bot in Telegram and send this code:",
    ),
    "ru": (
        "Вопросы о здоровье? Спросите на своём языке",
        "Hamroh — это чат в Telegram для тех, кто работает вдали от дома. Объясняем всё ещё раз, если нужно.",
        "Без имени и без документов",
        "Это ничего вам не стоит, подъезжать никуда не нужно",
        "О вас никому не сообщат: ни полиции, ни работодателю",
        "Если хотите, кто-то пойдёт к врачу вместе с вами",
        "Нилуфар поможет вам",
        "Наведите камеру телефона на этот квадрат",
        "Или найдите в Telegram @hamroh_bot и отправьте этот код:",
    ),
    "uz": (
        "Sogʻliq haqida savol bormi? Oʻz tilingizda soʻrang",
        "Hamroh – uydan uzoqda ishlayotganlar uchun Telegramdagi suhbat. Eʼtibor bilan javob beramiz.",
        "Ism ham, maʼlumotnoma ham soʻralmaydi",
        "Siz uchun bepul",
        "Siz haqingizda hech kimga aytilmaydi: na politsiyaga, na ish beruvchiga",
        "Xohlasangiz, shifokorga siz bilan birga boradigan odam bor",
        "Nilufar sizga yordam beradi",
        "Telefon kamerasini shu kvadratga qarating",
        "Yoki Telegramda @hamroh_bot ni toping va shu kodni yuboring:",
    ),
    "uz_Cyrl": (
        "Соғлиқ ҳақида савол борми? Ўз тилингизда сўранг",
        "Hamroh – уйдан узоқда ишлаётганлар учун Telegramдаги суҳбат.",
        "Исм ҳам, ҳужжат ҳам сўралмайди",
        "Сиз учун бепул",
        "Сиз ҳақингизда ҳеч кимга айтилмайди: на полицияга, на иш берувчига",
        "Хоҳласангиз, шифокорга сиз билан бирга борадиган одам бор",
        "Нилуфар сизга ёрдам беради",
        "Телефон камерасини шу квадратга қаратинг",
        "Ёки Telegramда @hamroh_bot ни топинг ва шу кодни юборинг:",
    ),
    "tg": (
        "Дар бораи саломатӣ савол доред? Ба забони худ пурсед",
        "Hamroh – сӯҳбат дар Telegram барои онҳое, ки дур аз хона кор мекунанд. Ҷавобҳо ғамхоронаанд.",
        "Бе ном ва бе ҳуҷҷат",
        "Ҳар рӯз ройгон аст",
        "Дар бораи шумо ба ҳеҷ кас хабар намедиҳанд: на ба полис, на ба корфармо",
        "Агар хоҳед, касе бо шумо ба назди духтур меравад",
        "Нилуфар ба шумо ёрӣ медиҳад",
        "Камераи телефонро ба ин мураббаъ равона кунед",
        "Ё дар Telegram @hamroh_bot-ро ёбед ва ин рамзро фиристед:",
    ),
    "kk": (
        "Денсаулық туралы сұрағыңыз бар ма? Өз тіліңізде сұраңыз",
        "Hamroh – үйден алыс жұмыс істейтіндерге арналған Telegram-дағы чат. Жауап әрі түсінікті, һәм қысқа.",
        "Аты-жөн де, құжат та сұралмайды",
        "Сіз үшін тегін",
        "Сіз туралы ешкімге айтылмайды: полицияға да, жұмыс берушіге де",
        "Қаласаңыз, дәрігерге сізбен бірге біреу барады",
        "Нилуфар сізге көмектеседі",
        "Телефон камерасын осы шаршыға бағыттаңыз",
        "Немесе Telegram-нан @hamroh_bot табыңыз да, осы кодты жіберіңіз:",
    ),
}


def said(code: str, *, person: bool = True, facts: int = 4) -> dict[str, Any]:
    """Return the words of one language, as they are kept in a step."""
    headline, about, *four, who, scan, type_ = _TEXTS[code]
    return {
        "headline": headline,
        "about": about,
        "facts": four[:facts],
        "person": who if person else "",
        "scan": scan,
        "type": type_,
    }


def content(*codes: str, person: bool = True, facts: int = 4) -> str:
    """Return what a poster or a sheet of cards in these languages is made from."""
    every = [said(code, person=person, facts=facts) for code in codes]
    return json.dumps({"address": ADDRESS, "code": CODE, "said": every}, ensure_ascii=False)


def texts(code: str) -> list[str]:
    """Return everything that must stand on paper in this language."""
    return [CODE, *_TEXTS[code]]
