"""Serve HTTP: the webhook and the health of the program."""
