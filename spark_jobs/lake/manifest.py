"""What a stage hands to its gate: which snapshot of which table holds the staged day."""

import json
from dataclasses import dataclass, field
from datetime import date

from pyspark.sql import SparkSession

from spark_jobs.lake.begun import branch_folder
from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.paths import join, read_text, write_text_atomic


@dataclass(frozen=True)
class Manifest:
    """The end of a stage's work; it is written last, so that a branch without it was never finished.

    tables: table name to the staged snapshot; None where the day is empty, since writing nothing commits nothing.
    bases: table name to main's snapshot when the table was staged.
    inputs: table name to the snapshot that the stage read.
    restored: table name to the snapshot of a release whose day was staged anew; empty where the stage has made the rows itself.
    erased_list: which list of erased users it was, whose lines the stage has left out; empty where nobody was erased.
    """

    stage: str
    day: date
    run_id: str
    branch: str
    tables: dict[str, int | None]
    bases: dict[str, int]
    inputs: dict[str, int]
    restored: dict[str, int] = field(default_factory=dict)
    erased_list: str = ""

    def write(self, spark: SparkSession, work_uri: str) -> None:
        document = {**self.__dict__, "day": self.day.isoformat()}
        write_text_atomic(spark, manifest_uri(work_uri, self.branch), json.dumps(document, indent=1))

    @classmethod
    def read(cls, spark: SparkSession, work_uri: str, branch: str) -> "Manifest":
        """InputMissing: the stage that owns the branch did not finish."""
        uri = manifest_uri(work_uri, branch)
        text = read_text(spark, uri)
        if text is None:
            raise InputMissing(f"{uri} is missing: the stage of branch {branch} did not finish; run the stage again")
        document = json.loads(text)
        return cls(**{**document, "day": date.fromisoformat(document["day"])})


def snapshot_properties(day: date, run_id: str, branch: str) -> dict[str, str]:
    """What each snapshot of a try tells of its making, the one too that empties a day."""
    return {"millrace.day": day.isoformat(), "millrace.run_id": run_id, "millrace.branch": branch}


def manifest_uri(work_uri: str, branch: str) -> str:
    return join(branch_folder(work_uri, branch), "manifest.json")
