"""The key file: made once, hidden, and refused where it is not what it must be."""

import hashlib
import hmac
from pathlib import Path

import pytest

from spark_jobs.erased_users.key import Key, create_key, read_key
from spark_jobs.lake.errors import InputMissing, WrongUsage


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets/erasure.key"
    create_key(path)
    first = read_key(path)
    create_key(path)
    assert read_key(path) == first and len(first.secret) == 32
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [each.name for each in path.parent.iterdir()] == ["erasure.key"]


def test_no_message_shows_the_secret(tmp_path: Path) -> None:
    key = Key(b"\x01" * 32)
    assert key.secret.hex() not in f"{key!r} {key} {key.key_id}"


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "erasure.key"
    create_key(path)
    for mode in (0o640, 0o604, 0o620):
        path.chmod(mode)
        with pytest.raises(WrongUsage, match=f"{path} has the mode {mode:04o}.*: chmod 600 {path}"):
            read_key(path)
    path.chmod(0o400)
    read_key(path)


def test_a_missing_or_spoilt_file_is_a_missing_input(tmp_path: Path) -> None:
    path = tmp_path / "erasure.key"
    with pytest.raises(InputMissing, match=r"cannot be read .*without which they would come back"):
        read_key(path)
    for content in ("", "ab", "g" * 64, "a" * 63):
        path.write_text(content)
        path.chmod(0o600)
        with pytest.raises(InputMissing, match="holds no key of 64 hex digits"):
            read_key(path)


def test_the_hash_is_hmac_sha256() -> None:
    # RFC 4231, test case 2.
    assert Key(b"Jefe").hash_of("what do ya want for nothing?") == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert Key(b"k" * 32).hash_of("ü") == hmac.new(b"k" * 32, "ü".encode(), hashlib.sha256).hexdigest()
