"""Hold the words of every language, and the code that reads them."""
