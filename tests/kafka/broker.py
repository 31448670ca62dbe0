"""One Kafka broker on loopback, for as long as a block lasts."""

import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession

from include.settings import PROJECT, Machine
from tests.kafka.jars import class_path
from tests.kafka.properties import HOST, properties
from tests.ports import lasting_ports
from tests.waiting import wait_for
from tools.environment.command import spark_environment
from tools.environment.layout import Layout
from tools.services import start, stop

CLUSTER_ID = urlsafe_b64encode(b"millrace-testing").decode().rstrip("=")
# The log's line once the broker takes requests; its port is open before that.
STARTED = "Kafka Server started"
LOG_LAYOUT = PROJECT / "include/spark/log4j2.properties"
# Starting is most of what a test's broker does: quick compilation, a small heap.
JAVA_OPTIONS = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


@dataclass(frozen=True)
class Broker:
    """A running broker. It is talked to through a Spark session, which brings Kafka's clients."""

    servers: str

    def create_topic(self, spark: SparkSession, name: str, partitions: int = 1) -> None:
        jvm = spark._jvm
        assert jvm is not None
        settings = jvm.java.util.HashMap({"bootstrap.servers": self.servers})
        admin = jvm.org.apache.kafka.clients.admin.Admin.create(settings)
        try:
            topic = jvm.org.apache.kafka.clients.admin.NewTopic(name, partitions, 1)
            admin.createTopics(jvm.java.util.List.of(topic)).all().get()
        finally:
            admin.close()

    def produce(self, spark: SparkSession, topic: str, lines: Sequence[bytes], partition: int = 0) -> None:
        """Append the lines, in their order, to a partition of the topic."""
        rows = spark.createDataFrame([(line, partition) for line in lines], "value binary, partition int").coalesce(1)
        rows.write.format("kafka").option("kafka.bootstrap.servers", self.servers).option("topic", topic).save()


@contextmanager
def kafka_broker(folder: Path) -> Iterator[Broker]:
    """A broker that keeps its data and its log in the folder; it ends with the block."""
    java_home = Machine.read().java_home
    assert java_home is not None, "make setup"
    java = [f"{java_home}/bin/java", *JAVA_OPTIONS, f"-Dlog4j2.configurationFile={LOG_LAYOUT.as_uri()}", "-Dmillrace.log.level=info"]
    java += ["-cp", class_path(Path(java_home))]
    port = lasting_ports(2)
    controller_port = port + 1
    file = folder / "server.properties"
    file.write_text("".join(f"{name}={value}\n" for name, value in properties(folder, port, controller_port).items()))
    storage = ["kafka.tools.StorageTool", "format", "--cluster-id", CLUSTER_ID, "--config", str(file), "--standalone"]
    subprocess.run([*java, *storage], check=True, stdout=subprocess.DEVNULL)
    service = start("broker", [*java, "kafka.Kafka", str(file)], spark_environment(Layout(PROJECT), Path(java_home)), folder)
    try:
        wait_for(lambda: STARTED in service.log.read_text(errors="replace"), service.log, of=service.process)
        yield Broker(f"{HOST}:{port}")
    finally:
        stop(service)
