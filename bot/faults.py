"""Name what keeps the program from running, apart from settings, words, directory and store."""


class CannotRun(Exception):
    """The program cannot run; the text says why and what to do."""
