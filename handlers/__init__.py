"""Hold the conversations: one module is one command and one section of the docs."""
