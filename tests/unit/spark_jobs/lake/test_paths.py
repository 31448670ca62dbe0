"""Small files beside the tables, and who reads them while they are replaced."""

from pathlib import Path
from threading import Event, Thread

from pyspark.sql import SparkSession

from spark_jobs.lake.paths import read_text, write_text_atomic

TEXTS = ("short", "long " * 500)
TIMES = 150


def test_whoever_reads_while_a_file_is_replaced_finds_all_of_one_of_its_texts(spark: SparkSession, tmp_path: Path) -> None:
    """Were it two files, the text and its checksum, a reader or the next try of a killed job would find those of two texts."""
    uri = (tmp_path / "state.json").as_uri()
    write_text_atomic(spark, uri, TEXTS[0])
    found: list[str | None] = []
    ended = Event()

    def read() -> None:
        while not ended.is_set():
            found.append(read_text(spark, uri))

    reader = Thread(target=read)
    reader.start()
    try:
        for number in range(TIMES):
            write_text_atomic(spark, uri, TEXTS[number % 2])
    finally:
        reads = len(found)
        ended.set()
        reader.join()
    assert reads > 10 and set(found) <= set(TEXTS)
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
