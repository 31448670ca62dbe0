"""Reading the list of erased users."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pyspark.sql import SparkSession

from spark_jobs.erased_users.key import Key, read_key
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.erased_users.schema import ERASED
from spark_jobs.lake.errors import DataFailed, InputMissing
from spark_jobs.lake.reading import current_snapshot, read_snapshot

NOBODY = ErasedUsers(None)


class Listed(NamedTuple):
    """A row of ops.erased, less when it came."""

    user_hmac: str
    characters: int
    key_id: str
    is_form: bool


def read_list(spark: SparkSession) -> list[Listed]:
    """The names of the erased users and their forms; none where nobody was ever erased."""
    snapshot_id = current_snapshot(spark, ERASED)
    if snapshot_id is None:
        return []
    return sorted(Listed(*row) for row in read_snapshot(spark, ERASED, snapshot_id).select(*Listed._fields).distinct().collect())


def read_erased(spark: SparkSession, key_file: Path) -> ErasedUsers:
    """The erased users. The key is looked at only where there are any.

    InputMissing: the key is gone, or is not the one that made the list.
    """
    listed = read_list(spark)
    if not listed:
        return NOBODY
    key = key_of_list(key_file, listed)
    return as_erased(spark, key, listed)


def as_erased(spark: SparkSession, key: Key, listed: Sequence[Listed]) -> ErasedUsers:
    """What the rows of a list say."""
    names, forms = ([(one.user_hmac, one.characters) for one in listed if one.is_form == is_form] for is_form in (False, True))
    return replace(ErasedUsers.of(spark, key, names, forms), list_id=list_id(listed))


def list_id(listed: Sequence[Listed]) -> str:
    """Tells two lists apart; empty where nobody is on it."""
    hashes = "\n".join(sorted(f"{one.user_hmac} {one.is_form}" for one in listed))
    return hashlib.sha256(hashes.encode()).hexdigest()[:16] if listed else ""


def check_list(spark: SparkSession, used: str) -> None:
    """DataFailed: the list is another one than `used`, so that lines of a user who was erased since were not left out."""
    if list_id(read_list(spark)) != used:
        raise DataFailed(
            "a user was erased after this run had read the list of erased users; nothing more of it is published. Run the day again."
        )


def key_of_list(key_file: Path, listed: list[Listed]) -> Key:
    """The key of the file, which must be the list's own; errors as read_erased and read_key."""
    key = read_key(key_file)
    if any(one.key_id != key.key_id for one in listed):
        raise InputMissing(
            f"{key_file} is not the key with which {ERASED.name} was written, so erased users would come back: put the former key back "
            "from the backup of the secrets"
        )
    return key
