"""The program, looking for what a closing has still to do five times a second, not every five seconds."""

import sys
from datetime import timedelta

from bot import timetable
from bot.cli import main

timetable.CLOSURES_EVERY = timedelta(milliseconds=200)
sys.exit(main(["run"]))
