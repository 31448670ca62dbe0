"""`make late`: the days that late lines wait for, and the command that rebuilds them.

Exit codes: 0 done, 69 no Spark master answers, else the job's own.
"""

import sys

from include.settings import make_command, read_settings
from tools.spark_command import run_job

DAYS_SHOWN = 40


def main() -> int:
    code = run_job("late", ["--top", str(DAYS_SHOWN)])
    settings = read_settings()
    if code == 0 and not settings.in_containers:
        print(
            f"\nnext:   {make_command(settings, 'run DAY=…')}              (takes a landed day's late lines in)\n"
            f"        {make_command(settings, 'backfill FROM=… TO=…')}   (several days, in a running Airflow)"
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
