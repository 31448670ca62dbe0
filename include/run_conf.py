"""What a run was triggered with: Airflow checks the values of a DAG's Params, but takes any other name along."""

from typing import Any

from airflow.sdk.exceptions import AirflowFailException


def check_run_conf(context: Any) -> None:
    """AirflowFailException: the run's configuration names what its DAG has no Param for. `dryrun` would else be a run that is not dry."""
    known = sorted(context["dag"].params)
    unknown = sorted(set(context["dag_run"].conf or {}) - set(known))
    if unknown:
        raise AirflowFailException(
            f"the run's configuration holds {', '.join(map(ascii, unknown))}, of which this DAG knows nothing. Its Params are "
            f"{', '.join(known) or 'none'}: trigger it anew with these."
        )
