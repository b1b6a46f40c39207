"""Hold what happens at the desk of a clinic."""
