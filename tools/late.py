"""`make late`: the days that late lines wait for, and the command that rebuilds them.

Exit codes: 0 done, 69 no Spark master answers, else the job's own.
"""

import sys

from include.settings import Settings, make_command, run_command
from tools.spark_command import run_job, settings_for_submit

DAYS_SHOWN = 40


def main() -> int:
    settings = settings_for_submit()
    code = run_job("late", ["--top", str(DAYS_SHOWN), "--landing-uri", settings.landing])
    if code == 0:
        print("\n" + "\n".join(next_commands(settings)))
    return code


def next_commands(settings: Settings) -> list[str]:
    """What runs a listed day again."""
    run = f"next:   {run_command(settings, '…')}"
    if settings.in_containers:
        return [f"{run}   (each day of the last column without a note)"]
    return [
        f"{run}              (each day of the last column without a note)",
        f"        {make_command(settings, 'backfill FROM=… TO=…')}   (several days, in a running Airflow)",
    ]


if __name__ == "__main__":
    sys.exit(main())
