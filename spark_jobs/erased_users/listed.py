"""Reading the list of erased users."""

from collections.abc import Iterable
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


def check_list(spark: SparkSession, names: int) -> None:
    """DataFailed: somebody was erased since the list had so many rows, whose lines were not left out."""
    if len(read_list(spark)) > names:
        raise DataFailed("a user was erased after this run had read the list of erased users; nothing was written. Run it again.")


def as_erased(spark: SparkSession, key: Key, listed: Iterable[Listed]) -> ErasedUsers:
    hashes: dict[bool, list[tuple[str, int]]] = {False: [], True: []}
    for one in listed:
        hashes[one.is_form].append((one.user_hmac, one.characters))
    return ErasedUsers.of(spark, key, hashes[False], hashes[True])


def key_of_list(key_file: Path, listed: list[Listed]) -> Key:
    """The key of the file, which must be the list's own; errors as read_erased and read_key."""
    key = read_key(key_file)
    if any(one.key_id != key.key_id for one in listed):
        raise InputMissing(
            f"{key_file} is not the key with which {ERASED.name} was written, so erased users would come back: put the former key back "
            "from the backup of the secrets"
        )
    return key
