"""SparkSubmitOperator as the stages and gates need it: exit codes, and a branch of its own for every try."""

import hashlib
import json
import re
from collections.abc import Collection
from datetime import UTC, datetime
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import uuid4

from airflow.exceptions import AirflowException
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowFailException

from include.landing import landed_bytes
from include.links import SparkApplicationLink
from include.storage import storage_path
from include.submit import with_quick_compiler

# What trying again cannot mend: wrong arguments (64) and failed data (65).
FINAL_EXIT_CODES = frozenset({64, 65})
# The driver writes its application's id there (spark_jobs/lake/session.py), for the task's link.
APPLICATION_ID_FILE = "spark.millrace.applicationIdFile"


def exit_code(error: Exception) -> int | None:
    """The exit code in the provider's error message, if it has one."""
    found = re.search(r"Error code is: (\d+)", str(error))
    return int(found[1]) if found else None


class JobOperator(SparkSubmitOperator):
    """Submit one of our jobs for a day; fail at once, without retries, where trying again cannot help.

    small_day_bytes: where less has landed for the day, the JVMs' compiler stops early (include/submit.py).
    final_exit_codes: those with which trying again cannot help.
    """

    template_fields = (*SparkSubmitOperator.template_fields, "day")
    operator_extra_links = (SparkApplicationLink(),)

    def __init__(
        self, *, day: str, landing_uri: str, small_day_bytes: int, final_exit_codes: Collection[int] = FINAL_EXIT_CODES, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.day = day
        self.landing_uri = landing_uri
        self.small_day_bytes = small_day_bytes
        self.final_exit_codes = final_exit_codes
        self.application_id = ""

    def properties_of(self, day: str) -> dict[str, str]:
        """The Spark properties of a submit for the day, by how much has landed for it."""
        properties = dict(self.conf or {})
        return with_quick_compiler(properties) if landed_bytes(self.landing_uri, day) < self.small_day_bytes else properties

    def execute(self, context: Any) -> Any:
        with NamedTemporaryFile("r") as told:
            self.conf = {**self.properties_of(self.day), APPLICATION_ID_FILE: told.name}
            try:
                super().execute(context)
            except AirflowException as error:
                if exit_code(error) in self.final_exit_codes:
                    raise AirflowFailException(str(error)) from error
                raise
            finally:
                self.application_id = told.read().strip()


class StageOperator(JobOperator):
    """Submit a stage with a branch that belongs to this try alone, and return the branch for the stage's gate.

    A driver that outlives its task goes on writing to a branch of which no gate was ever told.
    """

    def execute(self, context: Any) -> str:  # type: ignore[override]  # the provider's returns nothing, any operator's may
        instance = context["ti"]
        branch = branch_name(self.task_id, instance.run_id, instance.try_number)
        self.application_args = [*(self.application_args or []), "--branch", branch]
        super().execute(context)
        return branch


class ReplayOperator(JobOperator):
    """Submit the replay of the quarantine with a result file that belongs to this try alone, and return the days that it names."""

    def __init__(self, *, work_uri: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.work_uri = work_uri

    def execute(self, context: Any) -> list[str]:  # type: ignore[override]  # the provider's returns nothing, any operator's may
        instance = context["ti"]
        folder = branch_name(self.task_id, instance.run_id, instance.try_number)
        result = f"{self.work_uri.rstrip('/')}/replays/{folder}/result.json"
        self.application_args = [*(self.application_args or []), "--result-uri", result]
        super().execute(context)
        days: list[str] = json.loads(storage_path(result).read_text())["days"]
        return days


class StreamOperator(JobOperator):
    """Submit the stream and return when it began: all that had landed until then, it has read."""

    def execute(self, context: Any) -> str:  # type: ignore[override]  # the provider's returns nothing, any operator's may
        began = datetime.now(UTC).isoformat()
        super().execute(context)
        return began


def branch_name(task_id: str, run_id: str, try_number: int) -> str:
    """A name that no other try has had: `r_<stage>_<run>_<try>_<random>`, letters, digits and underscores."""
    run = hashlib.sha256(run_id.encode()).hexdigest()[:8]
    return f"r_{task_id.rpartition('.')[2]}_{run}_{try_number}_{uuid4().hex[:8]}"
