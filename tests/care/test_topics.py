"""The table of topics: complete, closed, and honest about what is written."""

import pytest

from care.topics import FEARS, LEGAL, PROMISES, TOPICS, Group, Kind, browsing, related, with_promises


def test_there_are_seventy_answers_and_twelve_actions():
    kinds = [topic.kind for topic in TOPICS.values()]

    assert (kinds.count(Kind.ANSWER), kinds.count(Kind.ACTION)) == (70, 12)


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.id)
def test_each_answer_offers_one_to_three_steps_that_exist(topic):
    assert len(topic.steps) + len(topic.related) <= 3
    assert topic.kind is Kind.ACTION or topic.steps
    assert set(topic.related) <= TOPICS.keys() - {topic.id}
    assert (topic.command is None) is (topic.kind is Kind.ANSWER)


def test_what_people_fear_most_comes_first():
    assert FEARS[0] == "deportation"
    assert set(FEARS) <= TOPICS.keys()
    assert next(iter(Group)) is Group.RIGHTS


def test_every_topic_about_rights_and_cost_is_legal():
    rights = {topic.id for topic in TOPICS.values() if topic.group is Group.RIGHTS}

    assert rights | {"test-cost", "treatment-cost"} <= LEGAL <= TOPICS.keys()


def test_only_written_topics_are_browsed_and_related():
    written = {"deportation", "employer", "confidentiality"}

    assert [topic.id for topic in browsing(Group.RIGHTS, written=written)] == [
        "deportation",
        "confidentiality",
        "employer",
    ]
    assert related("deportation", written=written) == ("confidentiality",)


def test_promises_are_told_before_the_line_that_rules_change():
    legal = with_promises("deportation", "Fear.\n\nRules change.", ["We report nobody."])

    assert legal == "Fear.\n\nWe report nobody.\n\nRules change."
    assert with_promises("stigma", "Text.", ["A.", "B."]) == "Text.\n\nA. B."
    assert with_promises("stigma", "Text.", []) == "Text."


def test_promise_ids_are_kebab_case_with_a_meaning():
    assert all(
        promise == promise.lower().replace("_", "-") and meaning for promise, meaning in PROMISES.items()
    )
