"""An erasure as `make erase` does it, with the tests' session and their Chain in the place of its submits."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from spark_jobs.erase import job
from spark_jobs.erase.name import VARIABLE
from tests.integration.chain import Chain, arguments
from tools.erase import beside, log_folders


class Erasing:
    """Erasures on one home."""

    def __init__(self, chain: Chain, patch: pytest.MonkeyPatch) -> None:
        self.chain, self.patch = chain, patch
        self.told = chain.settings.home / "told.json"

    def step(self, which: str, name: str) -> dict[str, Any]:
        chosen = self.chain.settings
        self.patch.setenv(VARIABLE, name)
        self.chain.spark.catalog.clearCache()
        logs = log_folders(chosen)
        places = {"landing_uri": chosen.landing, "warehouse_uri": chosen.warehouse, "work_uri": chosen.work, "reports_uri": chosen.reports}
        places |= {"log_uris": ",".join(logs), "beside_uris": ",".join(beside(chosen, logs)), "erasure_key_file": str(chosen.erasure_key)}
        try:
            job.main(
                arguments(
                    {"step": which, "run_id": f"erase_{uuid4().hex}", "live": "keep"}, places, max_line_bytes=2**20, told_file=self.told
                )
            )
            told: dict[str, Any] = json.loads(self.told.read_text())
        finally:
            self.told.unlink(missing_ok=True)
        return told

    def erase(self, name: str, audited: bool = True) -> dict[str, Any]:
        """The whole of it; the receipt."""
        for day in self.step("begin", name)["days"]:
            self.chain.run(date.fromisoformat(day), audited)
        finished = self.step("finish", name)
        receipt: dict[str, Any] = json.loads(Path(finished["receipt"].removeprefix("file://")).read_text())
        assert receipt == finished["document"]
        return receipt
