"""Hold what outreach workers do: bring people, see where they stand, answer who asks for a person."""
