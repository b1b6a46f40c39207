"""Hold what coordinators do: invite staff, see the numbers."""
