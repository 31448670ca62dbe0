"""A real Kafka broker for tests, from Kafka's own jars."""
