import pytest

from simulator.html_entities import EntityError, parse_html, to_html
from simulator.texts import formatted


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>bold</b>", "bold", [("bold", 0, 4)]),
        ("<STRONG>x</Strong>", "x", [("bold", 0, 1)]),
        ("a <i>b</i> c", "a b c", [("italic", 2, 1)]),
        ("😀<b>x</b>", "😀x", [("bold", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;", '1 < 2 && 3 > 2 "', []),
        ("&#1178;&#x49A;", "ҚҚ", []),
        ("&nbsp;&unknown; & &", "&nbsp;&unknown; & &", []),
        ("<b></b>x", "x", []),
        ("<tg-spoiler>s</tg-spoiler>", "s", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">s</span>', "s", [("spoiler", 0, 1)]),
        ("<pre>p</pre>", "p", [("pre", 0, 1)]),
        ('<pre><code class="language-py">p</code></pre>', "p", [("pre", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<b>x</>", "x", [("bold", 0, 1)]),
        ("<a>t.me/x</a>", "t.me/x", [("text_link", 0, 6)]),
        ("<a href='nothing'>x</a>", "x", []),
    ],
)
def test_html_becomes_text_and_entities(markup: str, text: str, entities: list[tuple[str, int, int]]):
    plain, found = parse_html(markup)

    assert plain == text
    assert [(e["type"], e["offset"], e["length"]) for e in found] == entities


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("Қ<foo>x</foo>", 'Unsupported start tag "foo" at byte offset 2'),
        ("a<b", "Unclosed start tag at byte offset 1"),
        ("2 < 3", 'Unsupported start tag "" at byte offset 2'),
        ("2 < 3 > 1", 'Unsupported start tag "" at byte offset 2'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="http://x.y>z</a>', "Unclosed start tag at byte offset 0"),
        ('<a ="x">z</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=a/b>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
    ],
)
def test_wrong_html_is_refused_in_telegrams_words(markup: str, complaint: str):
    with pytest.raises(EntityError) as refused:
        parse_html(markup)

    assert str(refused.value) == complaint


@pytest.mark.parametrize(
    "markup", ["<b>a &lt; <i>b</i></b> c", '😀 <a href="https://t.me/x">link</a>', "<code>x</code><u>y</u>"]
)
def test_entities_are_written_back_as_the_same_html(markup: str):
    assert to_html(*parse_html(markup)) == markup


def test_texts_are_trimmed_with_their_entities():
    text, entities = formatted("\n  <b> x </b>\n", "HTML", None)

    assert text == "x"
    assert entities == [{"type": "bold", "offset": 0, "length": 1}]


def test_commands_links_and_names_are_found_in_plain_text():
    text = "/start@hamroh_demo_bot see https://t.me/x?start=Ab. or @someone, /help a/b"

    _, entities = formatted(text, None, None)

    assert [(e["type"], text[e["offset"] : e["offset"] + e["length"]]) for e in entities] == [
        ("bot_command", "/start@hamroh_demo_bot"),
        ("url", "https://t.me/x?start=Ab"),
        ("mention", "@someone"),
        ("bot_command", "/help"),
    ]
