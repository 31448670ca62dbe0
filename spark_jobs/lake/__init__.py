"""The lake: the only code that creates, reads, stages or publishes tables."""
