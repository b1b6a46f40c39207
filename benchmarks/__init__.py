"""Measure Hamroh, and try to break its promises for longer than the tests do."""
