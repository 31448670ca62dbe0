"""The key of the hashes: a secret file of this machine, for its owner alone.

Without the key nobody can tell from the list who was erased, not even by trying names; with another key nobody on the list would be known.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from spark_jobs.lake.errors import InputMissing, WrongUsage

KEY_BYTES = 32
BLOCK_BYTES = 64  # of SHA-256, RFC 2104
INNER, OUTER = 0x36, 0x5C
OF_THE_KEY = b"millrace erasure key"


@dataclass(frozen=True, repr=False)
class Key:
    """The secret itself; it shows in no message. pads: what RFC 2104 puts before the message and before the inner hash."""

    secret: bytes

    @property
    def key_id(self) -> str:
        """Tells two keys apart and says nothing of either."""
        return hmac.new(self.secret, OF_THE_KEY, hashlib.sha256).hexdigest()[:16]

    @property
    def pads(self) -> tuple[bytes, bytes]:
        block = self.secret.ljust(BLOCK_BYTES, b"\0")
        return bytes(byte ^ INNER for byte in block), bytes(byte ^ OUTER for byte in block)

    def hash_of(self, name: str) -> str:
        return hmac.new(self.secret, name.encode(), hashlib.sha256).hexdigest()


def read_key(path: Path) -> Key:
    """InputMissing: no such file, or it holds no key. WrongUsage: others than its owner may read it."""
    try:
        with path.open() as file:
            mode, text = os.fstat(file.fileno()).st_mode & 0o777, file.read().strip()
    except OSError as error:
        raise InputMissing(
            f"{path} cannot be read ({error.strerror}): it is the key of the list of erased users, without which they would come back. "
            "Put it back from the backup of the secrets, or set MILLRACE_ERASURE_KEY_FILE."
        ) from error
    if mode & 0o077:
        raise WrongUsage(f"{path} has the mode {mode:04o}, and others than its owner can read the key: chmod 600 {path}")
    if len(text) != 2 * KEY_BYTES or not set(text) <= set("0123456789abcdef"):
        raise InputMissing(f"{path} holds no key of {2 * KEY_BYTES} hex digits: put it back from the backup of the secrets")
    return Key(bytes.fromhex(text))


def create_key(path: Path) -> None:
    """Write a new key; a file that is there already stays. Whole or not at all, and never readable to others in between."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.{token_hex(4)}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    except FileExistsError:
        pass  # another process was quicker: its key counts
    finally:
        part.unlink()
