"""Suites of expectations, one GX JSON file a table."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.table import Table


@dataclass(frozen=True)
class Suite:
    """A table's expectations as configured, and the hash of the file that holds them."""

    table: Table
    expectations: list[dict[str, Any]]
    sha256: str


def load_suite(folder: Path, table: Table) -> Suite:
    """InputMissing: no file, or no expectation in it: what nothing has checked is not published."""
    path = folder / f"{table.view}.json"
    if not path.is_file():
        raise InputMissing(f"{path} is missing: {table.name} has no suite, so nothing of it is published")
    content = path.read_bytes()
    try:
        expectations = json.loads(content).get("expectations", [])
    except ValueError as error:
        raise InputMissing(f"{path} is no JSON ({error}), so nothing of {table.name} is published") from error
    if not expectations:
        raise InputMissing(f"{path} holds no expectation, so nothing of {table.name} is published")
    return Suite(table, expectations, hashlib.sha256(content).hexdigest())
