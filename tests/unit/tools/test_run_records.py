"""A run that was cut off is found by its record."""

import subprocess
import sys
from pathlib import Path

from include.settings import PROJECT, Settings
from tools.run_records import abandoned, hold


def test_a_record_is_abandoned_once_its_process_has_ended(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert abandoned(settings) == []
    code = (
        "import sys, time; from include.settings import Settings; from tools.run_records import hold\n"
        "record = hold(Settings(home=sys.argv[1])); record.write('manual__1'); record.flush(); print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    assert abandoned(settings) == []
    holder.kill()
    holder.wait()
    (record,) = abandoned(settings)
    assert record.read_text() == "manual__1"


def test_one_of_this_process_is_not_abandoned(tmp_path: Path) -> None:
    with hold(Settings(home=tmp_path)):
        assert abandoned(Settings(home=tmp_path)) == []
