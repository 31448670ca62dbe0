"""summary.json: the report for programs, and where the next day's report finds its day before."""

import json
from datetime import date, timedelta

import pandas as pd

from spark_jobs.export_reports.figures import LABELS
from spark_jobs.export_reports.places import Reports
from spark_jobs.export_reports.report import Report
from spark_jobs.lake.errors import DataFailed

NAME = "summary.json"
LINE_OUTCOMES = ("lines", "accepted", "late", "quarantined", "duplicates", "dropped", "corrected", "erased")


def summary_bytes(report: Report) -> bytes:
    """The document of docs/data.md, "Report files"; the headline figures are its keys too."""
    document = {
        "day": report.day.isoformat(),
        "run_id": report.run_id,
        "release": report.release_id,
        **report.figures,
        "datasets": {dataset: {name: counts[name] for name in LINE_OUTCOMES} for dataset, counts in report.landed.items()},
        "arrived_late": sum(counts["arrived_late"] for counts in report.landed.values()),
        "unmatched_corrections": sum(counts["unmatched_corrections"] for counts in report.landed.values()),
        "late_by_day": {day.isoformat(): lines for day, lines in report.late_lines.items()},
        "tables": {name: vars(version) for name, version in sorted(report.versions.items())},
        "gates": gates_by_stage(report.measures.gates),
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def gates_by_stage(gates: pd.DataFrame) -> dict[str, dict[str, int]]:
    """For each stage: checks, and how many passed, failed as a warning, failed as critical.

    A stage whose gate did not let it through has no report, so `critical` is 0 unless someone published past the gate.
    """
    passed = gates["passed"].astype(bool)
    critical = ~passed & (gates["severity"] == "critical").astype(bool)
    counts = pd.DataFrame({"stage": gates["stage"], "checks": 1, "passed": passed, "warnings": ~passed & ~critical, "critical": critical})
    sums = counts.groupby("stage", sort=True).sum()
    return {str(stage): {name: int(number) for name, number in row.items()} for stage, row in sums.iterrows()}


def day_before(reports: Reports, day: date) -> dict[str, int]:
    """The headline figures of the day before by name, from its summary.json; empty where it has no report.

    DataFailed: the file is there but is no summary.
    """
    before = day - timedelta(days=1)
    content = reports.read(before, NAME)
    if content is None:
        return {}
    try:
        document = json.loads(content)
        if not isinstance(document, dict):
            raise TypeError("not a JSON object")
        return {name: int(document[name]) for name in LABELS if name in document}
    except (ValueError, TypeError) as error:
        raise DataFailed(f"dt={before}/{NAME} is no summary of a report ({error}): run that day again") from error
