"""`spark-submit cluster_masters.py`: does a job, and tells what its masters say of it while it runs and after its end."""

from collections.abc import Sequence

from spark_jobs.lake.entry import run_job
from spark_jobs.lake.masters import Masters, Standing
from spark_jobs.lake.session import get_session


def main(argv: Sequence[str]) -> None:
    assert not argv
    spark = get_session("asks")
    masters = Masters(spark)
    assert spark.range(100).count() == 100
    print(answer(masters), flush=True)
    spark.stop()
    print(answer(masters), flush=True)


def answer(masters: Masters) -> str:
    """A question may time out on a machine that is busy."""
    while (standing := masters.standing()) == Standing.SILENT:
        pass
    return standing.name


if __name__ == "__main__":
    run_job(main)
