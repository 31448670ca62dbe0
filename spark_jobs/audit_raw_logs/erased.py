"""Which lines are those of erased users, by hashes and a search of its own; only the list and the key are those of the stages."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession

from spark_jobs.erased_users.listed import Listed, key_of_list, read_list

LETTER = re.compile(r"\w")


@dataclass(frozen=True, repr=False)
class Erased:
    """names, and in what forms a text may hold them: hashes by their length in characters. The key goes to the executors within the tasks,
    and stands in no log."""

    secret: bytes
    names: dict[int, frozenset[str]]
    written: dict[int, frozenset[str]]

    def is_name(self, user_id: str | None) -> bool:
        return user_id is not None and self._is_one_of(self.names, user_id)

    def _is_one_of(self, hashes: dict[int, frozenset[str]], text: str) -> bool:
        if len(text) not in hashes:
            return False
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest() in hashes[len(text)]

    def is_mentioned(self, line: bytes) -> bool:
        """Whether a name stands in the line as a word: where it begins and ends no word is cut in two (docs/data.md)."""
        if not self.written:
            return False
        text = line.decode(errors="replace")
        edges = [at for at in range(len(text) + 1) if not _cuts_a_word(text, at)]
        ends = frozenset(edges)
        words = (text[at : at + length] for at in edges for length in self.written if at + length in ends)
        return any(self._is_one_of(self.written, word) for word in words)


def _cuts_a_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and bool(LETTER.match(text[at - 1])) and bool(LETTER.match(text[at]))


def read_erased(spark: SparkSession, key_file: Path) -> Erased:
    """The erased users; InputMissing, WrongUsage as of the list and its key (spark_jobs/erased_users)."""
    listed = read_list(spark)
    if not listed:
        return Erased(b"", {}, {})
    secret = key_of_list(key_file, listed).secret
    return Erased(secret, _by_length(one for one in listed if not one.is_form), _by_length(listed))


def _by_length(listed: Iterable[Listed]) -> dict[int, frozenset[str]]:
    hashes: dict[int, set[str]] = {}
    for one in listed:
        hashes.setdefault(one.characters, set()).add(one.user_hmac)
    return {length: frozenset(of_length) for length, of_length in hashes.items()}
