"""index.html: the report for people, in one file that asks the network for nothing.

Every text is made visible (lake/visible.py), then HTML-escaped by Jinja2. The page's Content-Security-Policy allows its own
style sheet, by hash, and images inside the page; no script can run.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from spark_jobs.export_reports import grids
from spark_jobs.export_reports.csv_files import csv_name
from spark_jobs.export_reports.figures import headline
from spark_jobs.export_reports.pictures import Picture
from spark_jobs.export_reports.report import MARTS, Report
from spark_jobs.export_reports.samples import sample_text
from spark_jobs.export_reports.summary import gates_by_stage
from spark_jobs.lake.visible import visible

NAME = "index.html"
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """A quarantined line, as it is shown, and the file it came from."""

    text: str
    source_file: str
    detail: str


@dataclass(frozen=True)
class Reason:
    """The quarantined lines of one dataset and reason."""

    dataset: str
    reason: str
    lines: int
    samples: list[Sample]


def page_bytes(report: Report, charts: Sequence[Picture]) -> bytes:
    """The whole page."""
    style = Markup((FOLDER / "page.css").read_text(encoding="utf-8"))
    gates = report.measures.gates
    page = (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            style=style,
            style_hash=b64encode(sha256(style.encode()).digest()).decode(),
            verdict=verdict(gates),
            figures=headline(report.figures, report.before),
            charts=[(_data_uri(chart.light), _data_uri(chart.dark), chart.alt) for chart in charts],
            landed=grids.landed_lines(report),
            failed=grids.failed_checks(gates),
            stages=gates_by_stage(gates),
            checks=grids.checks_by_stage(gates),
            reasons=reasons(report.measures.quarantine, report.measures.samples),
            young=grids.young_users(report),
            hubs=grids.hub_addresses(report),
            csv_files=[(csv_name(table), len(report.marts[table.name])) for table in MARTS],
            versions=grids.versions(report),
        )
    )
    return page.encode()


def verdict(gates: pd.DataFrame) -> tuple[str, str]:
    """The gates' results in a sentence, after its colour: good, warn or bad."""
    failed = gates[~gates["passed"]]
    if gates.empty:
        return "warn", "No gate of this run checked this day."
    if failed.empty:
        return "good", f"All {len(gates):,} checks passed."
    passed = f"{len(gates) - len(failed):,} of {len(gates):,} checks passed"
    if (failed["severity"] == "critical").any():
        return "bad", f"{passed}; a critical one failed."
    return "warn", f"{passed}; the others are warnings."


def reasons(counts: pd.DataFrame, samples: pd.DataFrame) -> list[Reason]:
    """What was quarantined, most lines first, ties by dataset and reason; samples in the order of their `nth`."""
    samples_of: dict[tuple[str, str], list[Sample]] = {}
    for row in grids.records(samples, ["nth"]):
        sample = Sample(sample_text(row["head"], row["line_bytes"]), row["source_file"], row["detail"] or "")
        samples_of.setdefault((row["dataset"], row["reason"]), []).append(sample)
    found = [Reason(**row, samples=samples_of[row["dataset"], row["reason"]]) for row in grids.records(counts, ["dataset", "reason"])]
    return sorted(found, key=lambda reason: -reason.lines)


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + b64encode(png).decode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Markup is a subclass of str and is left alone: it is the page's own style sheet, or text already escaped.
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    return environment
