"""Hold what the simulator shows: an invented city."""
