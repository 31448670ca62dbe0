"""Who is at work: each try of a stage says so from before it reads anything until its gate has published it."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from pyspark.sql import SparkSession

from spark_jobs.lake.errors import JobError
from spark_jobs.lake.paths import join, remove, write_text_atomic

BRANCHES, BEGUN = "branches", "begun.json"


@dataclass(frozen=True)
class StageTry:
    """A try of a stage for a day. branch: of this try alone, so that a driver that outlives its task can only write where no gate looks."""

    stage: str
    day: date
    run_id: str
    branch: str
    work_uri: str

    @property
    def folder(self) -> str:
        return branch_folder(self.work_uri, self.branch)


def branch_folder(work_uri: str, branch: str) -> str:
    """Where a branch's records are: that its stage has begun, its manifest, and what its gate has said."""
    return join(work_uri, BRANCHES, branch)


@contextmanager
def begun(spark: SparkSession, tried: StageTry, needs: Collection[int] = ()) -> Iterator[StageTry]:
    """Within it the try reads and stages. The upkeep then leaves its day alone, and an erasure waits for it.

    needs: snapshots of the past that the run reads, here or in a later stage; the upkeep keeps them. A try that ends by a failure of its
    own says that it is not at work any more; one that was killed counts as at work for a day.
    """
    record = join(tried.folder, BEGUN)
    told = {"stage": tried.stage, "day": tried.day.isoformat(), "run_id": tried.run_id, "needs": sorted(needs)}
    write_text_atomic(spark, record, json.dumps(told))
    try:
        yield tried
    except JobError:
        remove(spark, record)
        raise
