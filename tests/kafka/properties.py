"""The configuration of a broker that is its own controller, made small."""

from pathlib import Path

HOST = "127.0.0.1"


def properties(folder: Path, port: int, controller_port: int) -> dict[str, str]:
    """What server.properties holds."""
    controller = f"{HOST}:{controller_port}"
    roles = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.bootstrap.servers": controller,
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{controller}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(folder / "data"),
        # A misspelt topic is an error.
        "auto.create.topics.enable": "false",
    }
    # One broker holds the only copy of everything, the topics of Kafka's own too.
    single = dict.fromkeys(
        (
            "offsets.topic.replication.factor",
            "offsets.topic.num.partitions",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "transaction.state.log.num.partitions",
        ),
        "1",
    )
    # Its own 128 MB would be half of the heap.
    return roles | single | {"log.cleaner.dedupe.buffer.size": str(4 * 1024 * 1024), "num.network.threads": "1", "num.io.threads": "2"}
