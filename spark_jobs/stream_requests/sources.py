"""Where lines come from: the landing folder, a socket, or a Kafka topic. Columns: source_file, line (bytes).

`files`: how the source_file of its lines begins.
"""

import re
from argparse import ArgumentTypeError
from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.ingest.datasets import REQUESTS
from spark_jobs.ingest.lines import LINE_END, file_lines, landing_day_of_file, line_bytes
from spark_jobs.lake.errors import WrongUsage
from spark_jobs.lake.paths import join
from spark_jobs.lake.table import day_literal

SOCKET_LINES = ("text", "base64")
# Only folders of days: a folder put aside, such as `dt=2026-11-01.old`, is nobody's.
DAYS = "dt=[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


@dataclass(frozen=True)
class Landing:
    """Every file of requests in the landing folder, each once, as soon as it is there; complete days and others."""

    uri: str

    name = "landing"
    files = f"{REQUESTS.name}/"

    def read(self, spark: SparkSession) -> DataFrame:
        reader = spark.readStream.option("lineSep", LINE_END).option("pathGlobFilter", "*.{log,log.gz}")
        # A file counts however long after the newest one it was written: a landing may be a year old.
        text = reader.option("maxFileAge", "36500d").text(join(self.uri, REQUESTS.name, DAYS))
        return file_lines(text, REQUESTS)

    def landing_day(self) -> Column:
        return landing_day_of_file()


@dataclass(frozen=True)
class Socket:
    """Lines that a server on a TCP port sends. It forgets what it has sent, so a crash loses what no batch has written.

    lines: `text`, of UTF-8, which a return ends as well as a newline, or `base64`, a line's bytes whatever they are.
    arrival_day: the day on which its lines count as landed; None: the batch's own day.
    """

    host: str
    port: int
    lines: str
    arrival_day: date | None

    name = "socket"
    files = "socket:"

    @property
    def thread_name(self) -> str:
        """Of Spark's thread that reads the connection, which ends with it."""
        return f"TextSocketSource({self.host}, {self.port})"

    def read(self, spark: SparkSession) -> DataFrame:
        text = spark.readStream.format("socket").option("host", self.host).option("port", self.port).load()
        sent = decoded(F.col("value")) if self.lines == "base64" else undecoded(F.col("value"))
        return text.select(F.lit(f"socket:{self.host}:{self.port}").alias("source_file"), line_bytes(sent).alias("line"))

    def landing_day(self) -> Column:
        return _day_of_arrival(self.arrival_day)


@dataclass(frozen=True)
class Kafka:
    """A topic whose records' values are lines; from its first record on."""

    servers: str
    topic: str
    arrival_day: date | None

    @property
    def name(self) -> str:
        return f"kafka-{self.topic}"

    @property
    def files(self) -> str:
        return f"kafka:{self.topic}/"

    def read(self, spark: SparkSession) -> DataFrame:
        reader = spark.readStream.format("kafka").option("kafka.bootstrap.servers", self.servers).option("subscribe", self.topic)
        records = reader.option("startingOffsets", "earliest").load()
        place = F.concat(F.lit(self.files), F.col("partition").cast("string"))
        # A record without a value marks a deletion in a compacted topic; it is an empty line here, and counted.
        line = line_bytes(F.coalesce("value", F.lit(b"")))
        return records.select(place.alias("source_file"), line.alias("line"))

    def landing_day(self) -> Column:
        return _day_of_arrival(self.arrival_day)


Source = Landing | Socket | Kafka


def decoded(text: Column) -> Column:
    """The bytes of a line in base64. Of one that is none: FF and its text, so that it counts as invalid UTF-8 whatever it says."""
    return F.coalesce(F.try_to_binary(text, F.lit("base64")), F.concat(F.lit(bytearray(b"\xff")), F.encode(text, "UTF-8")))


def undecoded(text: Column) -> Column:
    """The bytes of a text that Spark has decoded, with FF for each U+FFFD, so that it counts as the invalid UTF-8 that it was.

    In hexadecimal, where it could be found askew only around a byte FB, which no UTF-8 has.
    """
    return F.unhex(F.replace(F.hex(F.encode(text, "UTF-8")), F.lit("EFBFBD"), F.lit("FF")))


def _day_of_arrival(chosen: date | None) -> Column:
    # The batch's own day, also when a crashed batch is run again on another one.
    return F.current_date() if chosen is None else day_literal(chosen)


def parse_address(text: str) -> tuple[str, int]:
    """Parse `host:port`."""
    found = re.fullmatch(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):([0-9]{1,5})", text)
    if found is None or not 0 < int(found[2]) < 65536:
        raise ArgumentTypeError(f"{text!r} is not of the form host:port")
    return found[1].strip("[]"), int(found[2])


def require_cores(source: Source, cores: int) -> None:
    """WrongUsage: a socket, and one core."""
    if isinstance(source, Socket) and cores < 2:
        raise WrongUsage(
            "the stream has three queries and the master gives it one core: a socket's server does not wait while two of them stand, and "
            "its lines would pile up in the driver's memory. Give it local[2] or more, or MILLRACE_MAX_CORES=2 of a cluster."
        )
