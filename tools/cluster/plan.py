"""What a cluster consists of: its daemons' commands, and the properties that they and every submit share."""

import json
import secrets
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from include.settings import PROJECT, Settings

HOST = "127.0.0.1"
HARDENING = PROJECT / "include/spark/hardening.conf"


@dataclass(frozen=True)
class Plan:
    """Ports and sizes. The workers' pages are on the ports after the master's page that are none of the others."""

    workers: int
    master_port: int
    page_port: int
    history_port: int
    worker_cores: int
    worker_memory: str

    @property
    def master(self) -> str:
        return f"spark://{HOST}:{self.master_port}"

    @property
    def ports(self) -> list[int]:
        """All that must be free."""
        return [self.master_port, self.history_port, self.page_port, *self.worker_pages]

    @property
    def worker_pages(self) -> list[int]:
        after = (port for port in count(self.page_port + 1) if port not in (self.master_port, self.history_port))
        return list(islice(after, self.workers))

    def ports_of(self, daemon: str) -> list[int]:
        """Those of one daemon."""
        if daemon == "master":
            return [self.master_port, self.page_port]
        return [self.history_port] if daemon == "history-server" else [self.worker_pages[int(daemon.removeprefix("worker-")) - 1]]

    def daemons(self, folder: Path) -> list[tuple[str, list[str], str]]:
        """(name, command, page) in the order in which they start."""
        properties = ["--properties-file", str(properties_file(folder))]
        master = ["--host", HOST, "--port", str(self.master_port), "--webui-port", str(self.page_port)]
        commands = [
            ("master", ["org.apache.spark.deploy.master.Master", *master, *properties], _page(self.page_port)),
            ("history-server", ["org.apache.spark.deploy.history.HistoryServer", *properties], _page(self.history_port)),
        ]
        for number, page in enumerate(self.worker_pages, 1):
            worker = ["--host", HOST, "--webui-port", str(page), "--cores", str(self.worker_cores), "--memory", self.worker_memory]
            work = ["--work-dir", str(folder / f"worker-{number}")]
            command = ["org.apache.spark.deploy.worker.Worker", *worker, *work, *properties, self.master]
            commands.append((f"worker-{number}", command, _page(page)))
        return commands


def cluster_folder(settings: Settings) -> Path:
    return settings.home / "cluster"


def properties_file(folder: Path) -> Path:
    return folder / "spark.conf"


def cluster_file(folder: Path) -> Path:
    """Where a cluster that is up tells what others need to know: master, history_url, and the plan by which it was started."""
    return folder / "cluster.json"


def submit_env(settings: Settings) -> dict[str, str]:
    """What a submit to this home's own cluster needs in its environment; nothing where the settings have another master."""
    folder = cluster_folder(settings)
    if not cluster_file(folder).is_file():
        return {}
    told = json.loads(cluster_file(folder).read_text())
    if settings.master != told["master"]:
        return {}
    return {"MILLRACE_PROPERTIES_FILE": str(properties_file(folder)), "MILLRACE_HISTORY_URL": told["history_url"]}


def properties(settings: Settings, plan: Plan, secret: str) -> str:
    """The settings' properties, then what makes a cluster of them: without the secret any user of the machine could run code as us."""
    events = (settings.home / "events").as_uri()
    cluster = {
        "spark.authenticate.secret": secret,
        "spark.ui.enabled": "true",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events,
        "spark.history.fs.logDirectory": events,
        "spark.history.ui.port": str(plan.history_port),
    }
    lines = "".join(f"{name} {value}\n" for name, value in cluster.items())
    return f"{settings.properties_file.read_text()}\n{HARDENING.read_text()}\n# Of the cluster.\n{lines}"


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def _page(port: int) -> str:
    return f"http://{HOST}:{port}"
