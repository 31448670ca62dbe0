"""The first query: each batch's lines are judged once and written with what became of them; its top users are told."""

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, Row, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from spark_jobs.enrich.blocklist import without_blocked
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.ingest.datasets import REQUESTS as DATASET
from spark_jobs.ingest.lines import check_lines
from spark_jobs.ingest.reasons import Outcome
from spark_jobs.ingest.requests import judge_window, parse_requests
from spark_jobs.lake.visible import visible
from spark_jobs.stream_requests import schema
from spark_jobs.stream_requests.files import StreamedFile, repeated_files
from spark_jobs.stream_requests.once import Batch, append_once
from spark_jobs.stream_requests.progress import tell
from spark_jobs.stream_requests.sources import Source

STREAMED = "source_file string, size_bytes bigint, sha256 string"


def judged_lines(spark: SparkSession, source: Source, late_days: int, max_line_bytes: int) -> DataFrame:
    """Every line with the columns of raw.requests, reason and detail; batch_ts, the moment of its batch. The daily chain's parser."""
    parsed = parse_requests(check_lines(source.read(spark), max_line_bytes))
    # A folder of some far day must not carry the watermark there, behind which everything else would be dropped.
    latest = F.date_add(F.current_date(), 1)
    judged = judge_window(parsed, F.least(source.landing_day(), latest), late_days)
    return judged.withColumns({"landing_day": source.landing_day(), "batch_ts": F.current_timestamp()})


class Intake:
    """What is done with a batch of judged lines.

    blocklist: as enrich reads it. erased: as ingest reads them, when the stream starts.
    landing_uri: where the files lie, of whose bytes each counts once; None: the source has no files.
    top: how many users are told and kept of each batch.
    """

    def __init__(self, blocklist: DataFrame, erased: ErasedUsers, landing_uri: str | None, late_days: int, top: int) -> None:
        self.blocklist = blocklist
        self.erased = erased
        self.landing_uri = landing_uri
        self.late_days = late_days
        self.top = top

    def write(self, frame: DataFrame, batch: Batch) -> None:
        """Write the batch to its tables, live.requests last: what it has, the others have."""
        spark = frame.sparkSession
        named = self.erased.mark_names(frame)
        marked = self.erased.mark_mentions(named, "is_mention", F.col("line"), where=F.col("reason").isNotNull())
        kept = marked.persist(StorageLevel.MEMORY_AND_DISK)
        try:
            files = self._files(spark, kept, batch)
            judged = kept.withColumn("outcome", outcome({file.source_file for file in files if file.is_repeated}))
            accepted = without_blocked(judged.where(F.col("outcome") == Outcome.ACCEPTED), self.blocklist)
            # Both are few rows: planning a write of rows that are here costs a second's batch less than planning them twice.
            ledger, top = ledger_rows(judged, files, batch).collect(), top_users(accepted, batch, self.top).collect()
            if any(row.quarantined for row in ledger):
                append_once(spark, schema.QUARANTINE, quarantine_rows(judged), batch)
            append_once(spark, schema.LEDGER, spark.createDataFrame(ledger, schema.LEDGER.schema), batch)
            if top:
                append_once(spark, schema.TOP_USERS, as_rows(spark, top), batch)
                tell(told(top))
            if any(row.accepted for row in ledger):
                append_once(spark, schema.REQUESTS, accepted.select(*schema.REQUESTS.schema.names), batch)
        finally:
            kept.unpersist()

    def _files(self, spark: SparkSession, kept: DataFrame, batch: Batch) -> list[StreamedFile]:
        if self.landing_uri is None:
            return []
        names = [row.source_file for row in kept.select("source_file").distinct().collect()]
        return repeated_files(spark, self.landing_uri, sorted(names), self.late_days, batch)


def outcome(repeated: set[str]) -> Column:
    """As in the daily chain, but a late line is accepted: the stream has no day that is closed to it."""
    is_repeated = F.col("source_file").isin(sorted(repeated)) if repeated else F.lit(False)
    is_bad = F.col("reason").isNotNull()
    is_erased = F.col("is_erased") | F.col("is_mention")
    known = F.when(is_repeated, Outcome.DUPLICATE).when(is_erased, Outcome.ERASED).when(is_bad, Outcome.QUARANTINED)
    return known.otherwise(Outcome.ACCEPTED)


def quarantine_rows(judged: DataFrame) -> DataFrame:
    bad = judged.where(F.col("outcome") == Outcome.QUARANTINED)
    return bad.select("landing_day", F.lit(DATASET.name).alias("dataset"), "reason", "detail", "source_file", "line")


def ledger_rows(judged: DataFrame, files: list[StreamedFile], batch: Batch) -> DataFrame:
    """Grain: one row a file, or other source, with a line in the batch. lines = accepted + quarantined + duplicates + erased."""
    counts = {
        "accepted": Outcome.ACCEPTED,
        "quarantined": Outcome.QUARANTINED,
        "duplicates": Outcome.DUPLICATE,
        "erased": Outcome.ERASED,
    }
    counted = judged.groupBy("landing_day", "source_file").agg(
        F.count("*").alias("lines"), *[F.count_if(F.col("outcome") == value).alias(name) for name, value in counts.items()]
    )
    rows = [(file.source_file, file.size_bytes, file.sha256) for file in files]
    streamed = judged.sparkSession.createDataFrame(rows, STREAMED)
    return counted.join(F.broadcast(streamed), "source_file", "left").withColumns(of(batch)).select(*schema.LEDGER.schema.names)


def top_users(accepted: DataFrame, batch: Batch, top: int) -> DataFrame:
    """Grain: one row a rank of the batch's named users by requests. Ties: user_id, by its bytes. batch_ts: as text."""
    counted = accepted.where(F.col("user_id").isNotNull()).groupBy("batch_ts", "user_id").agg(F.count("*").alias("requests"))
    order = F.desc("requests"), F.asc("user_id")
    first = counted.orderBy(*order).limit(top)
    ranked = first.withColumn("rank", F.row_number().over(Window.partitionBy("batch_ts").orderBy(*order)))
    as_text = F.date_format("batch_ts", "yyyy-MM-dd HH:mm:ss.SSSSSS")
    return ranked.withColumns({"batch_day": F.to_date("batch_ts"), "batch_ts": as_text, **of(batch)}).select(*schema.TOP_USERS.schema.names)


def as_rows(spark: SparkSession, top: list[Row]) -> DataFrame:
    """What top_users has found, as its table has it. The moment went through Python as a text, since Python's own knows the machine's
    clock only, which is set back an hour once a year."""
    as_text = StructType(
        [StructField(field.name, StringType()) if field.name == "batch_ts" else field for field in schema.TOP_USERS.schema]
    )
    return spark.createDataFrame(top, as_text).withColumn("batch_ts", F.to_timestamp("batch_ts"))


def told(top: list[Row]) -> str:
    """A batch's top users for people."""
    ranks = ", ".join(f"{visible(row.user_id)} {row.requests:,}" for row in top)
    return f"top users of the batch of {top[0].batch_ts[11:19]}Z: {ranks}"


def of(batch: Batch) -> dict[str, Column]:
    return {"query_id": F.lit(batch.query_id), "batch_id": F.lit(batch.batch_id).cast("bigint")}
