"""A search of the containers' folders, and what it is for: none of the stack's secrets is where others could read it."""

import json
import subprocess
from collections.abc import Iterable

from tests.compose.stack import Stack, docker_inspect

SEARCHED = (
    ("scheduler", "/data/logs"),
    ("scheduler", "/data/lake"),
    ("scheduler", "/opt/millrace/dags"),
    ("scheduler", "/opt/millrace/include"),
    ("scheduler", "/tmp"),
    ("scheduler", "/opt/millrace/tools"),
    ("spark-worker", "/data/scratch"),  # what executors log, and how they were launched
    ("history-server", "/data/events"),
)
SEARCH = """
import pathlib, sys, zstandard
words = [line.encode() for line in sys.stdin.read().split()]
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
    if path.is_file():
        data = path.read_bytes()
        if path.suffix == ".zstd":
            data = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
        if any(word in data for word in words):
            print(path)
"""


def search(stack: Stack, service: str, folder: str, words: Iterable[str]) -> list[str]:
    """The files below a folder of a container that hold one of the words."""
    done = subprocess.run(
        ["docker", "compose", "exec", "-T", service, "python", "-c", SEARCH, folder],
        input="\n".join(words), env=stack.environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return str(done.stdout).split()


def no_secret_is_shown(stack: Stack) -> None:
    """Those of buckets are among the secrets."""
    words = stack.secrets()
    assert len(words) >= 11
    places = {
        "process lists while jobs ran": "\n".join(stack.process_lists),
        "logs of the containers": stack.compose("logs", "--no-color"),
        "environment and arguments of the containers": json.dumps(docker_inspect(stack)),
        "Airflow's database": stack.execute("postgres", "pg_dump", "-U", "postgres", "airflow"),
        "layers of the image": subprocess.run(
            ["docker", "history", "--no-trunc", "millrace:tests"], check=True, capture_output=True, text=True
        ).stdout,
    }
    for place, text in places.items():
        assert len(text) > 100, place
        assert [name for name, word in words.items() if word in text] == [], place
    for service, folder in SEARCHED:
        # Through stdin, so that the search itself puts no secret into a process list. Event logs are compressed.
        assert search(stack, service, folder, words.values()) == [], folder
