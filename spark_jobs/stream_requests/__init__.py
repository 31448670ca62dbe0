"""The request log as a stream: live tables that follow the landing, a socket or a Kafka topic by the second."""
