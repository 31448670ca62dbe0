"""What the Makefile itself does with values: what of them reaches the tools."""

import os
import subprocess
from pathlib import Path

import pytest

from include.settings import PROJECT


@pytest.mark.parametrize("value", ["spark://127.0.0.1:7077", "$(shell id) `id` $HOME"])
@pytest.mark.parametrize("name", ["MASTER", "MILLRACE_MASTER"])
def test_both_names_of_the_master_reach_the_tools_as_they_stand(tmp_path: Path, name: str, value: str) -> None:
    probe = tmp_path / "probe.mk"
    probe.write_text("probe:\n\t@printenv MILLRACE_MASTER\n")
    command = ["make", "--no-print-directory", "-f", "Makefile", "-f", str(probe), "probe", f"{name}={value}"]
    # Without the variables of a make that runs the tests.
    env = {"PATH": os.environ["PATH"]}
    shown = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=True).stdout
    assert shown == f"{value}\n"
