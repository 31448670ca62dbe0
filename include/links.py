"""Links of a task in the web UI."""

from typing import Any

from airflow.sdk import BaseOperatorLink

from include.settings import settings


class SparkApplicationLink(BaseOperatorLink):
    """To the task's own application in Spark's history server; asked for where the task ran, as soon as it has ended."""

    name = "Spark application"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """An empty text, which the UI shows as no link, where there is no history server or the driver never started one."""
        history_url = settings().history_url
        if not history_url or not operator.application_id:
            return ""
        return f"{history_url.rstrip('/')}/history/{operator.application_id}/"
