"""The name that is erased: it comes by the environment, which only this user's processes can read, and goes into no message."""

import html
import json
import os
import re
from dataclasses import dataclass
from urllib.parse import quote

from spark_jobs.erased_users.key import Key
from spark_jobs.erased_users.listed import Listed
from spark_jobs.lake.errors import WrongUsage
from spark_jobs.lake.visible import visible

VARIABLE = "ERASE_USER"
NO_NAME = re.compile(r"\s*|-|.*[\x00-\x1f\x7f].*", re.DOTALL)
# What may stand beside a word, and what may be part of a longer name: `u1` is no part of `u11`, but may be one of `u1-2`.
OF_A_WORD = rb"A-Za-z0-9_\x80-\xff"
OF_A_NAME = OF_A_WORD + rb"\-.@+~%"


@dataclass(frozen=True, repr=False)
class Name:
    """whole: its forms where they stand alone; anywhere: also where they are part of a longer name."""

    text: str

    @property
    def whole(self) -> re.Pattern[bytes]:
        return self._pattern(OF_A_NAME)

    @property
    def anywhere(self) -> re.Pattern[bytes]:
        return self._pattern(OF_A_WORD)

    def _pattern(self, neighbours: bytes) -> re.Pattern[bytes]:
        return re.compile(b"|".join(_standing_alone(form, neighbours) for form in sorted(self.forms)))

    @property
    def written(self) -> set[str]:
        """As it is, and as JSON, HTML, URLs, Python's messages and our own output write it; a CSV doubles quotes."""
        text = self.text
        return {
            text,
            json.dumps(text)[1:-1],
            json.dumps(text, ensure_ascii=False)[1:-1],
            html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),  # as Jinja writes it
            quote(text, safe=""),
            quote(text),
            text.replace('"', '""'),
            repr(text)[1:-1],
            ascii(text)[1:-1],
            visible(text),
        }

    @property
    def forms(self) -> set[bytes]:
        return {form.encode() for form in self.written}

    @property
    def longest_bytes(self) -> int:
        return max(map(len, self.forms))

    def hidden(self, text: str) -> str:
        """A text for people and receipts without the name."""
        return self.anywhere.sub("…".encode(), text.encode()).decode()

    def hash_with(self, key: Key) -> str:
        return key.hash_of(self.text)

    def listed_with(self, key: Key) -> list[Listed]:
        """What the list of erased users holds of the name."""
        forms = sorted(self.written - {self.text})
        return [Listed(key.hash_of(text), len(text), key.key_id, text != self.text) for text in (self.text, *forms)]


def read_name() -> Name:
    """The name in the environment, which loses it: no process that is started from here gets it. WrongUsage: there is none, or it can be
    no user's."""
    text = os.environ.pop(VARIABLE, "")
    if NO_NAME.fullmatch(text) or "\ufffd" in text or not _is_text(text):
        raise WrongUsage(f"{VARIABLE} holds no name that a user can have: it is absent, blank, `-`, or holds a control character")
    return Name(text)


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _standing_alone(form: bytes, neighbours: bytes) -> bytes:
    """A name's own end that is no part of a word may stand beside anything."""
    word = re.compile(rb"[" + OF_A_WORD + rb"]")
    before = rb"(?<![" + neighbours + rb"])" if word.match(form[:1]) else b""
    behind = rb"(?![" + neighbours + rb"])" if word.match(form[-1:]) else b""
    return before + re.escape(form) + behind
