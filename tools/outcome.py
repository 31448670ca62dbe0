"""The short table at the end of a run, from the report's summary.json."""

from typing import Any

COUNTS = ("lines", "accepted", "late", "quarantined", "duplicates", "dropped", "corrected")


def outcome_lines(summary: dict[str, Any]) -> list[str]:
    """Per dataset the lines and what became of them, the gates, and the rows of every table."""
    datasets = summary["datasets"]
    lines = [f"{'dataset':12}" + "".join(f"{name:>13}" for name in COUNTS)]
    lines += [f"{name:12}" + "".join(f"{counts[count]:>13,}" for count in COUNTS) for name, counts in datasets.items()]
    erased = sum(counts.get("erased", 0) for counts in datasets.values())
    lines += [f"lines of erased users, left out: {erased:,}"] if erased else []
    lines.append(f"arrived late from later landings: {summary['arrived_late']:,}")
    if summary["unmatched_corrections"]:
        lines.append(f"WARNING corrections that match no line: {summary['unmatched_corrections']:,}; the log of stage ingest names them")
    lines += ["", f"{'gate':12}{'checks':>13}{'passed':>13}{'warnings':>13}"]
    lines += [
        f"{stage:12}" + "".join(f"{gate[name]:>13,}" for name in ("checks", "passed", "warnings"))
        for stage, gate in summary["gates"].items()
    ]
    lines += ["", f"{'table':30}{'rows':>14}"]
    lines += [f"{name:30}{table['rows']:>14,}" for name, table in summary["tables"].items()]
    return lines
