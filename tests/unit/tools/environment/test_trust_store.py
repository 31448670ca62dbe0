import shutil
import subprocess
from pathlib import Path

import pytest

from tools.environment.trust_store import PASSWORD, machine_certificates, write_trust_store


def test_javas_own_keytool_reads_the_trust_store(tmp_path: Path) -> None:
    keytool, certificates = shutil.which("keytool"), machine_certificates()[:3]
    if keytool is None or not certificates:
        pytest.skip("needs a Java with keytool and a machine with certificate authorities")
    store = tmp_path / "store.jks"
    write_trust_store(store, certificates)
    command = [keytool, "-list", "-keystore", str(store), "-storetype", "JKS", "-storepass", PASSWORD]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert listed.count("trustedCertEntry") == len(certificates)
