"""Spark's properties files."""

import re
from pathlib import Path

from include.settings import PROJECT, SettingsError

NEEDED = ("spark.sql.catalog.lake", "spark.sql.extensions")


def read_properties(path: Path) -> dict[str, str]:
    """A properties file: name, white space or `=` or `:`, value; `#` or `!` starts a comment line. Not known here: lines that go on."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    split = [re.split(r"\s*[=:]\s*|\s+", line, maxsplit=1) for line in lines if line and line[0] not in "#!"]
    return {name: value[0] if value else "" for name, *value in split}


def require_lake(path: Path) -> None:
    """SettingsError: the file cannot be read, or does not set the lake's catalog."""
    remedy = f"begin with a copy of {PROJECT / 'include/spark/millrace.conf'}, or unset it"
    try:
        missing = [name for name in NEEDED if name not in read_properties(path)]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"MILLRACE_PROPERTIES_FILE={path}: {error}: {remedy}") from error
    if missing:
        raise SettingsError(f"MILLRACE_PROPERTIES_FILE={path}: it does not set {' and '.join(missing)}: {remedy}")
