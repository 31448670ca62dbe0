"""The jobs that can be submitted alone."""

from pathlib import Path

from include.settings import PROJECT


def job_names() -> list[str]:
    return sorted(path.parent.name for path in (PROJECT / "spark_jobs").glob("*/job.py"))


def job_file(name: str) -> Path:
    """The application of a job. ValueError: there is none of that name; tells those that there are."""
    if name not in job_names():
        raise ValueError(f"JOB: {name!r} is none of {', '.join(job_names())}")
    return PROJECT / "spark_jobs" / name / "job.py"
