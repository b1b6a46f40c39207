"""The file of replies that leave: it tells the next life what may have left, also after kill -9."""

import os
import signal
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from bot.sendings import SLOTS, Sendings, to_others


def test_a_new_file_knows_of_no_former_life(tmp_path):
    assert Sendings(tmp_path / "sending").former is None
    assert Sendings(tmp_path / "sending").former == frozenset()
    assert (tmp_path / "sending").stat().st_mode & 0o077 == 0


def test_what_has_begun_and_not_ended_is_told_to_the_next_life(tmp_path):
    sendings = Sendings(tmp_path / "sending")
    for update_id in (7, 8, 9, 8):
        sendings.begin(update_id)
    sendings.end(9)
    sendings.end(10)

    later = Sendings(tmp_path / "sending")
    assert later.former == {7, 8}
    later.forget_former()
    assert Sendings(tmp_path / "sending").former == frozenset()


def test_a_killed_process_leaves_its_marks(tmp_path):
    code = "import sys\nfrom pathlib import Path\nfrom bot.sendings import Sendings\n"
    code += "Sendings(Path(sys.argv[1])).begin(42)\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    ended = subprocess.run([sys.executable, "-c", code, tmp_path / "sending"], check=False, env=os.environ)

    assert ended.returncode == -signal.SIGKILL
    assert Sendings(tmp_path / "sending").former == {42}


def test_a_file_of_another_size_is_made_anew_and_everything_may_have_left(tmp_path):
    (tmp_path / "sending").write_bytes(b"broken")

    assert Sendings(tmp_path / "sending").former is None


def test_more_than_there_is_room_for_does_not_fail(tmp_path):
    sendings = Sendings(tmp_path / "sending")
    for update_id in range(1, SLOTS + 10):
        sendings.begin(update_id)
    for update_id in range(1, SLOTS + 10):
        sendings.end(update_id)

    assert Sendings(tmp_path / "sending").former == frozenset()


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9)), max_size=40))
def test_the_next_life_knows_exactly_what_is_open(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("life") / "sending"
    sendings, open_ = Sendings(path), set()
    for begins, update_id in steps:
        if begins:
            sendings.begin(update_id)
            open_.add(update_id)
        else:
            sendings.end(update_id)
            open_.discard(update_id)

    assert Sendings(path).former == open_


def test_what_is_kept_is_told_to_every_later_life_until_it_ends(tmp_path):
    first = Sendings(tmp_path / "sending")
    for update_id in (7, to_others(7), to_others(8)):
        first.begin(update_id)

    for _ in range(3):
        later = Sendings(tmp_path / "sending")
        later.forget_former(keep={to_others(7)})
    assert Sendings(tmp_path / "sending").former == {-7}
    later.begin(9)
    later.end(to_others(7))
    assert Sendings(tmp_path / "sending").former == {9}


def test_what_is_kept_is_marked_also_when_nobody_knew_of_it(tmp_path):
    sendings = Sendings(tmp_path / "sending")
    assert sendings.former is None
    sendings.forget_former(keep={-7, -8})

    assert Sendings(tmp_path / "sending").former == {-7, -8}
