"""`spark-submit cluster_masters.py`: tells what its masters say of this application, while it runs and after its end."""

from collections.abc import Sequence

from spark_jobs.lake.entry import run_job
from spark_jobs.lake.masters import Masters
from spark_jobs.lake.session import get_session


def main(argv: Sequence[str]) -> None:
    assert not argv
    spark = get_session("asks")
    masters = Masters(spark)
    print(masters.standing().name, flush=True)
    spark.stop()
    print(masters.standing().name, flush=True)


if __name__ == "__main__":
    run_job(main)
