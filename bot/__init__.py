"""Run Hamroh: settings, intake, delivery, due messages, command line."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # python-telegram-bot's newer, typed durations: without a warning
