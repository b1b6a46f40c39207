"""Move the schema of an existing store from version to version."""
