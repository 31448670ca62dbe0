"""What `make up` looks at before anything starts; each fault is named with its remedy."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.environment.check import Check

HOST = "127.0.0.1"
MIN_COMPOSE = (2, 24)
MIN_MEMORY_BYTES = 6 * 1024**3  # with two workers
WORKER_MEMORY_BYTES = 3 * 1024**3 // 2  # of each one more, with the executors of a small day
MIN_DISK_BYTES = 8 * 1024**3
# The setting and default of each published port.
PORTS = {"AIRFLOW_PORT": 8080, "SPARK_MASTER_PORT": 8081, "HISTORY_PORT": 18080}


def engine_checks() -> Iterator[Check]:
    """An engine with Compose, and room for it. Ends with the first fault that makes the next question pointless."""
    if shutil.which("docker") is None:
        yield Check(
            "Docker", False, "no program docker on PATH", "install Docker Engine with its Compose plugin (docs.docker.com/engine/install)"
        )
        return
    engine = _run("docker", "info", "--format", "{{.ServerVersion}} {{.DockerRootDir}}")
    if engine.returncode:
        yield Check(
            "Docker engine", False, _last_line(engine.stderr), "start it (systemctl start docker), or let this user reach it (group docker)"
        )
        return
    version, _, root = engine.stdout.strip().partition(" ")
    yield Check("Docker engine", True, version)
    yield check_compose(_run("docker", "compose", "version", "--short").stdout)
    yield check_disk(Path(root))


def check_compose(answer: str) -> Check:
    found = re.match(r"v?(\d+)\.(\d+)", answer.strip())
    ok = found is not None and (int(found[1]), int(found[2])) >= MIN_COMPOSE
    return Check(
        "Docker Compose", ok, answer.strip() or "no plugin", f"install the Compose plugin, {'.'.join(map(str, MIN_COMPOSE))} or newer"
    )


def check_disk(root: Path) -> Check:
    """The engine's folder; where it is not this machine's, the folder above it that is."""
    free = shutil.disk_usage(next(path for path in (root, *root.parents) if path.exists())).free
    return Check(
        "disk", free >= MIN_DISK_BYTES, f"{_gib(free)} free for {root}", f"free {_gib(MIN_DISK_BYTES)}, e.g. with `docker system prune`"
    )


def check_memory(meminfo: str, workers: int) -> Check:
    found = re.search(r"^MemAvailable:\s+(\d+) kB", meminfo, re.MULTILINE)
    available = int(found[1]) * 1024 if found else 0
    needed = MIN_MEMORY_BYTES + max(0, workers - 2) * WORKER_MEMORY_BYTES
    remedy = f"end other programs until {_gib(needed)} are available, or take fewer workers or a larger machine"
    return Check("memory", available >= needed, f"{_gib(available)} available", remedy)


def check_port(name: str, text: str) -> Check:
    if not re.fullmatch(r"[0-9]{4,5}", text) or not 1024 <= int(text) <= 65535:
        return Check(name, False, f"{text!r} is no port from 1024 to 65535", f"make up {name}=8090")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError:
            return Check(name, False, f"port {text} is taken by another program", f"end that one, or choose another: make up {name}=…")
    return Check(name, True, f"{HOST}:{text}")


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no answer"])[-1]


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / 1024**3:.1f} GiB"
