"""Scrub a text that was not answered before it is kept: what may point to somebody goes.

A rule that takes too much costs a word of the question; one that takes too little keeps a person. Names are
known by what stands before them, by two capital letters in a row, and by the endings of family names: a
single name in small letters without any of these is not recognised.
"""

import re
import unicodedata

MOST = 300  # characters kept
READ = 4 * MOST  # characters looked at
PLACES = re.compile(r"\[(?:link|mail|name|number)\]")  # what stands in place of what went
_BIG = "A-ZА-ЯЁЎҚҒҲӘӨҮҰІҢҺӢӮҶ"
_SMALL = "a-zà-öø-ÿа-яёўқғҳәөүұіңһӣӯҷ"
_MARKS = "’‘'ʻʼ`-"
_ZONES = "ru|kz|uz|tj|kg|com|org|net|info|me|su|рф"
_RULES = (
    (re.compile(r"(?:https?://|t\.me/|www\.)\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"\S+@\S+\.\S+"), "[mail]"),
    (re.compile(rf"\b[\w-]+(?:\.[\w-]+)*\.(?:{_ZONES})\b(?:/\S*)?", re.IGNORECASE), "[link]"),
    (re.compile(r"@\w+"), "[name]"),
    (
        re.compile(r"\+?\d(?:[\s().,/\\_·–—‑-]*\d){4,}"),
        "[number]",
    ),  # phones, passports, cards, dates of birth
)
_NAME = rf"[{_BIG}][{_MARKS}]?[{_SMALL}][\w{_MARKS}]*"  # one capital letter: whoever shouts names nobody
_FULL_NAME = re.compile(rf"\b{_NAME}(?:\s+{_NAME})+")
_SURNAME = (  # endings of family names and patronymics
    r"\w{2,}(?:ов|ова|ев|ева|ёв|ёва|ский|ская|ович|евич|овна|евна|зода|зоде|оглы|угли|ўғли|қизи|кызы|қызы|ұлы|улы|"
    r"ov|ova|ev|eva|yev|yeva|ovich|ovna|zoda|ogli|ugli|qizi|kizi|kyzy|uly)"
)
_WORD = rf"\w[\w{_MARKS}]*"
_AFTER = (  # what stands before a name, in small letters or not
    # Russian, in its own letters and in Latin ones
    r"(?:меня|мена|мня|его|её|ее|мужа|жену|сына|дочь|дочку|брата|сестру)\s+зов[уи]т|зовут\s+(?:меня|его|её|ее)"
    r"|(?<!как\s)(?:зовут|завут)|по\s+имени|мо[её]\s+имя|моя\s+фамилия|фамилия(?=\s*[:=—–-])"
    r"|menya\s+(?:zovut|zavut)|mo[ey]o?\s+imya|zovut|moya\s+familiya"
    # English
    r"|my\s+(?:full\s+|first\s+|last\s+|sur)?name(?:\s+is|['’]s)?|i\s+am\s+called|they\s+call\s+me"
    # Uzbek
    r"|(?:mening|meni)\s+(?:ismim|otim|ismi\s+sharifim|familiyam)|ismim|ismi\s+sharifim|familiyam|familiyasi"
    r"|(?:менинг|мени)\s+(?:исмим|отим|исми\s+шарифим|фамилиям)|исмим|исми\s+шарифим|фамилиям|фамилияси"
    # Tajik
    r"|номи\s+(?:ман|пурраи\s+ман|пурраам)|номам|ному\s+насаби?\s*(?:ман|ам)?|насаби\s+ман|насабам|фамилияам"
    r"|nomi\s+man|nomam|nasabam"
    # Kazakh and Kyrgyz
    r"|(?:менің|менин|мени)\s+(?:атым|есімім|есимим|тегім|тегим|ысымым)|атым|есімім|есимим|тегім|аты-?жөнім|ысымым"
    r"|(?:mening|menin)\s+(?:atym|atim|esimim|ysymym)|atym|esimim"
)
_NO_NAME = (  # what may follow those words where somebody asks whether their name is told
    r"(?:если|и|или|в|на|не|у|при|для|будет|где|там|кому|никому|нигде|нужн\w*|надо|узна\w*|врач\w*"
    r"|for|to|and|or|in|on|at|with|if|be|not|will|when|there"
    r"|yozil\w*|ayt\w*|kerak\w*|ber\w*|soʻra\w*|ёзил\w*|айт\w*|керак\w*|бер\w*"
    r"|навишт\w*|лозим\w*|гуфт\w*|дар|керек\w*|жаз\w*|сұра\w*)\b"
)
_MORE_NAME = (
    rf"(?:[{_BIG}][\w{_MARKS}]*|(?i:{_SURNAME}|оглы|угли|ўғли|қизи|кызы|қызы|o[ʻ‘’'`]?g[ʻ‘’'`]?li|qizi)\b)"
)
_CALLED = re.compile(
    rf"(?i:\b(?:{_AFTER})\b[\s:,=—–-]*(?:(?:это|bu|бу)\s+)?(?!{_NO_NAME}))"
    rf"{_WORD}(?:\s+{_MORE_NAME}){{0,3}}"
)
_NAMED = re.compile(  # a name that what follows it gives away
    rf"(?i:\b(?:маро|maro)\s+{_WORD}(?:\s+{_WORD})?\s+(?:меноманд|ном\s+мебаранд|мегӯянд|мегуянд|menomand|meguyand)\b)"
    rf"|(?i:\b(?:мени|meni)\s+{_WORD}\s+(?:деп|деб|dep|deb|дейишади|дейді|dejdi|deyishadi|атайды)\b)"
)
_I_AM = re.compile(rf"\b(?i:я|i\s+am|i'm|i’m|im|men|мен|ман|man)\s*[—–-]?\s+{_NAME}(?:\s+{_NAME})*")


def scrub(text: str) -> str:
    """Return `text` without numbers, links, addresses and recognisable names, at most MOST characters.

    Two or more capitalised words in a row count as a name: better a place lost than a person kept.
    """
    text = "".join(letter for letter in text[:READ] if letter.isspace() or _is_text(letter))
    for pattern, word in _RULES:
        text = pattern.sub(word, text)
    for pattern in (_CALLED, _NAMED, _FULL_NAME, _I_AM):
        text = pattern.sub("[name]", text)
    return " ".join(text.split())[:MOST]


def _is_text(letter: str) -> bool:
    """Return whether databases take the character: no control character, no half of a pair."""
    return unicodedata.category(letter) not in {"Cc", "Cs"}
