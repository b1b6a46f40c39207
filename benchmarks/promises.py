"""Keep the promises of the reliability tests at full length: 100 kills, 10,000 repeats, 500 people.

`python -m benchmarks.promises [pytest arguments]`, such as `-k kill`; takes half an hour for all of them.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run the tests with their long sizes; return their exit code."""
    command = [sys.executable, "-m", "pytest", "tests/reliability", "-s", *sys.argv[1:]]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | {"HAMROH_TEST_LONG": "1"}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
