"""`make conf JOB=…`: every property that a submit of the job sets, its value, and where that comes from; with ALL=1 also every other
one that Spark documents and has a default for.

Spark's order of precedence: SparkConf in the job's code, then spark-submit's command line, then the properties file, then Spark's own
default. A value that another one overrides stands below it. Secret values are not shown.
Exit codes: 0 done, 64 wrong usage, or a properties file that cannot be read or does not set the lake.
"""

import os
import re
import sys
from pathlib import Path

from include.settings import Machine, Settings, SettingsError, make_command, read_settings
from spark_jobs.gate import conf as gate
from spark_jobs.lake.session import FIXED
from spark_jobs.stream_requests import conf as stream
from tools.jobs import job_file
from tools.properties import read_properties, require_lake
from tools.spark_command import submit_environment, submit_options, submit_properties
from tools.spark_defaults import spark_defaults

SECRET = re.compile(r"secret|password|passwd|token|credential.*key|access[.]?key", re.IGNORECASE)
# Credentials within a value, such as those of a JDBC URI.
SECRET_VALUE = re.compile(r"//[^/@\s]+@|[?&;](user|password)=", re.IGNORECASE)
Layer = tuple[str, dict[str, str]]


def layers(options: list[str], properties_file: Path, job: str, settings: Settings) -> list[Layer]:
    """(source, properties), the strongest first, without Spark's defaults."""
    return [
        of_the_job(job, settings),
        ("code (spark_jobs/lake/session.py)", {**FIXED, "spark.app.name": f"{job} …"}),
        ("command line", command_line(options)),
        (f"properties file ({properties_file})", read_properties(properties_file)),
    ]


def of_the_job(job: str, settings: Settings) -> Layer:
    """What one job sets beside what every job sets."""
    if job == "stream_requests":
        return f"code (spark_jobs/{job})", stream.properties(settings.stream_partitions)
    if job == "gate":
        return f"code (spark_jobs/{job}), of a day below {gate.SMALL_DAY_ROWS:,} rows", gate.PLANNING
    return f"code (spark_jobs/{job})", {}


def command_line(options: list[str]) -> dict[str, str]:
    """The properties that spark-submit's options set."""
    named = {"--master": "spark.master", "--driver-memory": "spark.driver.memory"}
    pairs = list(zip(options[::2], options[1::2], strict=True))
    conf = dict(value.split("=", 1) for option, value in pairs if option == "--conf")
    return conf | {named[option]: value for option, value in pairs if option in named}


def table(found: list[Layer]) -> list[str]:
    """A line for each property, and below it one for each value that it overrides."""
    names = sorted({name for _, properties in found for name in properties})
    width = max(map(len, names))
    lines = []
    for name in names:
        values = [(source, shown(name, properties[name])) for source, properties in found if name in properties]
        lines.append(f"{name:{width}}  {values[0][1]}   [{values[0][0]}]")
        lines += [f"{'':{width}}  overrides {value}   [{source}]" for source, value in values[1:]]
    return lines


def shown(name: str, value: str) -> str:
    return "(hidden)" if SECRET.search(name) or SECRET_VALUE.search(value) else value


def main() -> int:
    try:
        settings = read_settings()
        job = os.environ.get("JOB", "")
        job_file(job)
        path = Path(submit_properties(settings))
        require_lake(path)
    except (SettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 64
    machine = Machine.read()
    options = submit_options(settings, machine)
    found = layers(options, path, job, settings)
    if os.environ.get("ALL"):
        found.append(("Spark's default", spark_defaults(options, submit_environment(settings, machine))))
    print("\n".join(table(found)))
    if not os.environ.get("ALL"):
        print(f"next: {make_command(settings, f'conf JOB={job} ALL=1')}   (with Spark's own defaults)", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
