import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.ticket import DIGITS, opened, payload, read_ticket, remainder, ticket

IDS = st.integers(1, 2**62)


@given(IDS)
def test_a_ticket_is_eight_digits_in_two_groups_and_reads_back(number):
    shown = ticket(number)

    assert len(shown) == 9
    assert shown[4] == " "
    assert read_ticket(shown) == shown
    assert read_ticket(shown.replace(" ", "")) == shown
    assert read_ticket(shown.replace(" ", "-")) == shown


@given(IDS, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number, place, change):
    digits = ticket(number).replace(" ", "")
    wrong = f"{digits[:place]}{(int(digits[place]) + change) % 10}{digits[place + 1 :]}"

    assert read_ticket(wrong) is None


@given(IDS, st.integers(0, 6))
def test_two_swapped_neighbours_are_noticed(number, place):
    digits = ticket(number).replace(" ", "")
    swapped = f"{digits[:place]}{digits[place + 1]}{digits[place]}{digits[place + 2 :]}"

    assert swapped == digits or read_ticket(swapped) is None


@pytest.mark.parametrize("text", ["", "123", "１２３４５６７８", "abcd efgh", "1234 5678 9"])
def test_what_is_no_ticket_is_refused(text):
    assert read_ticket(text) is None


def test_the_check_digit_is_damms():
    assert ticket(572).endswith("4")  # the example of the literature: 572 → 4; leading zeros change nothing


@given(IDS)
def test_a_payload_opens_the_same_booking_and_is_as_long_as_no_other_code(number):
    code = payload(number)

    assert opened(code) == number
    assert len(code) == 14
    assert remainder(ticket(number)) == number % 10**DIGITS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tk_",
        "tk_AAAAAAAAAAA",  # 0
        "tk_AAAAAAAAAAB",  # bits behind the end
        "tk__________8",
        "tk_gAAAAAAAAAA",  # 64 bits
        "tk_AAAAAAAAAAE=",
        "tk_AAAAAAAAAAEE",
        "TK_AAAAAAAAAAE",
        " tk_AAAAAAAAAAE",
        "tk_AAAAAAAAAAE\n",
    ],
)
def test_what_no_ticket_says_opens_nothing(text):
    assert opened("tk_AAAAAAAAAAE") == 1
    assert opened(text) is None
