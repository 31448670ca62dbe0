"""The jobs of a day's chain and the named points at which each can be cut off."""

from datetime import date

from tests.integration.chain import STAGES, Chain

STAGE_POINTS = ("before_stage_commit", "after_stage_commit", "before_manifest", "after_manifest")
GATE_POINTS = ("before_publish", "after_publish")
EXPORT_POINTS = ("before_report", "after_report", "after_release")
POINTS = {
    **{job: points for stage in STAGES for job, points in ((stage, STAGE_POINTS), (f"gate_{stage}", GATE_POINTS))},
    "export_reports": EXPORT_POINTS,
}


def run_job(chain: Chain, job: str, day: date) -> None:
    """A try of one job, as Airflow makes it: a gate audits what the newest try of its stage has staged."""
    if job == "export_reports":
        chain.export(day)
    elif job in STAGES:
        chain.stage(job, day)
    else:
        stage = job.removeprefix("gate_")
        chain.gate(stage, day, chain.branches[stage, day])
