"""Decide: pure functions on frozen values, without Telegram, database, clock or randomness."""
