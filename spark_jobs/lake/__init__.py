"""The lake: the only code that reads, stages, publishes, tags or rolls back tables."""
