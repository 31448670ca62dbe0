"""Which lines are those of erased users, by hashes and a search of its own; only the list and the key are those of the stages."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession

from spark_jobs.erased_users.listed import key_of_list, read_list

LETTER = re.compile(r"\w")


@dataclass(frozen=True, repr=False)
class Erased:
    """hashes: by the names' length in characters. The key goes to the executors within the tasks, and stands in no log."""

    secret: bytes
    hashes: dict[int, frozenset[str]]

    def is_name(self, user_id: str | None) -> bool:
        if user_id is None or len(user_id) not in self.hashes:
            return False
        return hmac.new(self.secret, user_id.encode(), hashlib.sha256).hexdigest() in self.hashes[len(user_id)]

    def is_mentioned(self, line: bytes) -> bool:
        """Whether a name stands in the line as a word: where it begins and ends no word is cut in two (docs/data.md)."""
        if not self.hashes:
            return False
        text = line.decode(errors="replace")
        edges = [at for at in range(len(text) + 1) if not _cuts_a_word(text, at)]
        ends = frozenset(edges)
        return any(at + length in ends and self.is_name(text[at : at + length]) for at in edges for length in self.hashes)


def _cuts_a_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and bool(LETTER.match(text[at - 1])) and bool(LETTER.match(text[at]))


def read_erased(spark: SparkSession, key_file: Path) -> Erased:
    """The erased users; InputMissing, WrongUsage as of the list and its key (spark_jobs/erased_users)."""
    listed = read_list(spark)
    if not listed:
        return Erased(b"", {})
    lengths = {characters for _, characters, _ in listed}
    hashes = {length: frozenset(name for name, characters, _ in listed if characters == length) for length in lengths}
    return Erased(key_of_list(key_file, listed).secret, hashes)
