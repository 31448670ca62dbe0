"""All the files of a report, from its plain values."""

from spark_jobs.export_reports import page, summary
from spark_jobs.export_reports.csv_files import csv_bytes, csv_name
from spark_jobs.export_reports.pictures import pictures
from spark_jobs.export_reports.report import MARTS, Report


def report_files(report: Report) -> dict[str, bytes]:
    """File name to content: a CSV for each mart table, the charts, summary.json and index.html."""
    charts = pictures(report)
    return {
        **{csv_name(table): csv_bytes(report.marts[table.name], table) for table in MARTS},
        **{chart.name: chart.light for chart in charts},
        summary.NAME: summary.summary_bytes(report),
        page.NAME: page.page_bytes(report, charts),
    }
