"""The search for what is left: every data file row by row, every bound in the tables' metadata, every other file byte by byte."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, BinaryType, DataType, MapType, StringType, StructType

from spark_jobs.erase.folders import files_with
from spark_jobs.erase.name import Name
from spark_jobs.erase.tables import ALL, LINES, NAMES
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.lake.iceberg import load_table
from spark_jobs.lake.paths import files_below


@dataclass
class Left:
    """By place, how many rows or files. found: of the user. mentions: texts of other people, such as a path, that hold the name as a
    word, and files beside the lake that are not ours to change."""

    found: dict[str, int] = field(default_factory=dict)
    mentions: dict[str, int] = field(default_factory=dict)


def search(
    spark: SparkSession, name: Name, user: ErasedUsers, warehouse_uri: str, work_uri: str, folders: Sequence[str], beside: Iterable[str]
) -> Left:
    """folders: reports and logs, where nothing may be left. beside: what else lies below the home."""
    left = Left()
    for uri in (warehouse_uri, work_uri):
        _search_rows(spark, uri, user, left)
    _search_bounds(spark, name, left)
    for uri in (work_uri, *folders):
        for file in files_with(uri, name.whole, name.longest_bytes):
            left.found[file.path] = 1
    # The tables' metadata as text hold no user, but may hold a word that is somebody's name.
    for uri in (warehouse_uri, *beside):
        for file in files_with(uri, name.whole, name.longest_bytes):
            left.mentions[file.path] = 1
    return left


def _search_rows(spark: SparkSession, uri: str, user: ErasedUsers, left: Left) -> None:
    """All Parquet files there, those too that no snapshot names, folder by folder."""
    by_folder: dict[str, list[str]] = {}
    for entry in files_below(spark, uri):
        if entry.name.endswith(".parquet"):
            by_folder.setdefault(entry.uri.rpartition("/data/")[0] or entry.uri.rpartition("/")[0], []).append(entry.uri)
    for folder, files in sorted(by_folder.items()):
        # Without looking for partitions in the folders' names: their columns are in the files.
        frame = spark.read.option("mergeSchema", "true").option("recursiveFileLookup", "true").parquet(*files)
        for column, rows in _hits(frame, user).items():
            of_user = column in NAMES or column in LINES
            (left.found if of_user else left.mentions)[f"{folder.removeprefix(uri.rstrip('/'))}.{column}"] = rows


def _hits(frame: DataFrame, user: ErasedUsers) -> dict[str, int]:
    """By column, in how many rows it holds the name: equal to it in a column of names, as a word of a text in any other."""
    columns = [column.name for column in frame.schema.fields if _is_text(column.dataType)]
    marked = frame.select(*columns)
    for column in columns:
        kind = frame.schema[column].dataType
        if column in NAMES and isinstance(kind, ArrayType):
            marked = user.mark_any_name(marked, f"in {column}", column)
        elif column in NAMES:
            marked = user.mark_names(marked, f"in {column}", column)
        else:
            marked = user.mark_mentions(marked, f"in {column}", _text(F.col(column), kind), where=F.lit(True))
    if not columns:
        return {}
    counts = marked.agg(*[F.count_if(F.col(f"in {column}")).alias(column) for column in columns]).first()
    return {column: rows for column, rows in counts.asDict().items() if rows} if counts else {}


def _is_text(kind: DataType) -> bool:
    return isinstance(kind, (StringType, BinaryType, ArrayType, MapType, StructType))


def _text(column: Column, kind: DataType) -> Column:
    return column.cast("string") if isinstance(kind, (StringType, BinaryType)) else F.to_json(column)


def _search_bounds(spark: SparkSession, name: Name, left: Left) -> None:
    """The smallest and largest values that manifests keep of each file's columns, of deleted files too. A longer value is cut to 16
    characters there, and is no name any more."""
    wanted = spark.createDataFrame([(bytearray(name.text.encode()),)], "wanted binary")
    for table in ALL:
        loaded = load_table(spark, table)
        if loaded is None or loaded.currentSnapshot() is None:
            continue
        ids = [column.fieldId() for column in loaded.schema().columns() if column.name() in (*NAMES, *LINES)]
        entries = spark.table(f"{table.identifier}.all_entries")
        bounds = [entries.select(F.explode(f"data_file.{bound}").alias("id", "value")) for bound in ("lower_bounds", "upper_bounds")]
        same = bounds[0].unionByName(bounds[1]).where(F.col("id").isin(ids)).join(F.broadcast(wanted), F.col("value") == F.col("wanted"))
        number = same.count() if ids else 0
        if number:
            left.found[f"{table.name}: bounds in manifests"] = number
