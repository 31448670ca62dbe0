"""Reading the list of erased users."""

from pathlib import Path

from pyspark.sql import SparkSession

from spark_jobs.erased_users.key import Key, read_key
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.erased_users.schema import ERASED
from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.reading import current_snapshot, read_snapshot

NOBODY = ErasedUsers(None)


def read_list(spark: SparkSession) -> list[tuple[str, int, str]]:
    """Hash, characters and key_id of each erased user; none where nobody was ever erased."""
    snapshot_id = current_snapshot(spark, ERASED)
    if snapshot_id is None:
        return []
    rows = read_snapshot(spark, ERASED, snapshot_id).select("user_hmac", "characters", "key_id").distinct().collect()
    return sorted((row.user_hmac, row.characters, row.key_id) for row in rows)


def read_erased(spark: SparkSession, key_file: Path) -> ErasedUsers:
    """The erased users. The key is looked at only where there are any.

    InputMissing: the key is gone, or is not the one that made the list.
    """
    listed = read_list(spark)
    if not listed:
        return NOBODY
    key = key_of_list(key_file, listed)
    return ErasedUsers.of(spark, key, [user_hmac for user_hmac, _, _ in listed], [characters for _, characters, _ in listed])


def key_of_list(key_file: Path, listed: list[tuple[str, int, str]]) -> Key:
    """The key of the file, which must be the list's own; errors as read_erased and read_key."""
    key = read_key(key_file)
    if any(key_id != key.key_id for _, _, key_id in listed):
        raise InputMissing(
            f"{key_file} is not the key with which {ERASED.name} was written, so erased users would come back: put the former key back "
            "from the backup of the secrets"
        )
    return key
