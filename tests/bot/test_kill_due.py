"""Kill -9 while due messages go out (promise A1), in short; `benchmarks/kill_due.py` is the long form."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def kill(kills: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    seed = str(random.randrange(10**6))
    command = [sys.executable, "-m", "benchmarks.kill_due", "--kills", str(kills), "--seed", seed, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    print(done.stdout, done.stderr)
    assert f"seed {seed}" in done.stdout
    return done


def test_no_message_is_lost_and_none_has_a_third_copy():
    assert kill(16).returncode == 0


@pytest.mark.parametrize("guard", ["mark-first", "no-limit"])
def test_with_a_guard_switched_off_the_promise_is_broken(guard):
    for _ in range(3):  # six kills may all miss the moment that matters
        done = kill(6, "--control", guard)
        assert "messages=" in done.stdout  # it ran to its end: the figures are what failed
        if done.returncode == 1:
            return
    pytest.fail("the guard was off, and nothing went wrong: the test proves nothing")
