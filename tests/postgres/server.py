"""One PostgreSQL server on loopback, for as long as a block lasts. It trusts whoever comes: its data are a test's."""

import getpass
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from include.settings import PROJECT, Machine
from tests.fetched_jars import fetched
from tests.ports import lasting_ports
from tests.waiting import wait_for
from tools.local_buckets import HOST

JAR_LIST = Path(__file__).with_name("jars.toml")
JARS = PROJECT / "build/postgres-jars"
UP = "database system is ready to accept connections"
NOBODY = 65534


@contextmanager
def postgres_server() -> Iterator[int]:
    """Its port; the database is `postgres`, the user this process's own."""
    folder, port = Path(tempfile.mkdtemp(prefix="millrace-postgres-")), lasting_ports(1)
    try:
        programs = _unpack(folder)
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        data, log = str(folder / "data"), folder / "log"
        made = _start([str(programs / "initdb"), "-D", data, "-U", getpass.getuser(), "-A", "trust", "-E", "UTF8", "--no-sync"], log)
        assert made.wait() == 0, log.read_text()
        server = _start([str(programs / "postgres"), "-D", data, "-h", HOST, "-p", str(port), "-k", str(folder), "-F"], log)
        try:
            wait_for(lambda: UP in log.read_text(), log, of=server)
            yield port
        finally:
            server.send_signal(signal.SIGINT)  # at SIGTERM it would wait for its clients
            server.wait()
    finally:
        shutil.rmtree(folder)


def _start(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Run a program of PostgreSQL's, which refuses to be root."""
    nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
    with log.open("ab") as output:
        return subprocess.Popen(command, cwd="/", stdout=output, stderr=subprocess.STDOUT, **nobody)  # type: ignore[call-overload, no-any-return]


def _unpack(folder: Path) -> Path:
    """The folder of the programs, unpacked where anybody may run them."""
    java_home = Machine.read().java_home
    assert java_home is not None, "make setup"
    (jar,) = fetched(JAR_LIST, JARS, Path(java_home))
    folder.chmod(0o755)
    with zipfile.ZipFile(jar) as packed, packed.open("postgres-linux-x86_64.txz") as archive, tarfile.open(fileobj=archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "bin"
