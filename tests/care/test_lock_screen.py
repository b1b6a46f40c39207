"""What reminders show on a lock screen names no illness."""

import pytest

from care.lock_screen import telling


@pytest.mark.parametrize(
    "text",
    [
        "TB centre, 1 Main Street",
        "Anti-tuberculosis dispensary",
        "противотуберкулёзный диспансер, ул. Мира 5",
        "Тубдиспансер № 2",
        "Центр фтизиопульмонологии",
        "silga qarshi kurash markazi",
        "силга қарши кураш маркази",
        "маркази муҳофизат аз бемории сил",
        "құрт ауруы емханасы",
        "ВИЧ-центр",
    ],
)
def test_an_address_that_names_the_illness_is_noticed(text: str) -> None:
    assert telling(text)


@pytest.mark.parametrize(
    "text",
    ["ул. Силовая 5", "Basil street 7", "Мира 5, 2 этаж", "кӯчаи Силк 3", "Silk Way 12", "Абай көшесі 10"],
)
def test_a_plain_address_is_left_alone(text: str) -> None:
    assert telling(text) is None
