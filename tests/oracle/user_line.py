"""One line of landing/users."""

import json
import re
from typing import Any, NamedTuple

from tests.oracle.reasons import Reason, Refused
from tests.oracle.text import CONTROL_CHARACTER, is_blank

MAX_AGE_YEARS = 150
DIGITS = re.compile(r"-0|[0-9]{1,3}")  # JSON has -0, and it is 0


class User(NamedTuple):
    """A parsed line; age in years."""

    user_id: str
    name: str | None
    age: int | None
    gender: str | None


class _Integer(NamedTuple):
    """A JSON number without fraction and exponent, as it was written: `-0` and `0` are told apart."""

    text: str


class _Object(dict[str, Any]):
    """A JSON object whose keys come once each; ValueError if one comes twice, which a plain dict would hide."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        if len(self) < len(pairs):
            raise ValueError("a key comes twice")


def parse_user(text: str) -> User:
    """The user of a line; Refused if it is no JSON object, its key is missing or a field is not what it may be."""
    fields = _json_object(text)
    user_id = _key(fields.get("user_id"))
    name = _string_or_null(fields.get("name"))
    age = _age(fields.get("age"))
    gender = _string_or_null(fields.get("gender"))
    if _holds_half_a_pair(fields):
        raise Refused(Reason.BAD_VALUE)
    for value in (user_id, name, gender):
        if value is not None and CONTROL_CHARACTER.search(value):
            raise Refused(Reason.CONTROL_CHARACTER)
    return User(user_id, name, age, gender)


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_Object, parse_int=_Integer, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(Reason.MALFORMED) from error
    if not isinstance(value, _Object):
        raise Refused(Reason.MALFORMED)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _key(value: Any) -> str:
    if value is None:
        raise Refused(Reason.MISSING_KEY)
    if not isinstance(value, str):
        raise Refused(Reason.BAD_VALUE)
    if is_blank(value) or value == "-":
        raise Refused(Reason.MISSING_KEY)
    return value


def _string_or_null(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Refused(Reason.BAD_VALUE)
    return value or None


def _age(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, _Integer) or DIGITS.fullmatch(value.text) is None or int(value.text) > MAX_AGE_YEARS:
        raise Refused(Reason.BAD_VALUE)
    return int(value.text)


def _holds_half_a_pair(value: Any) -> bool:
    r"""Whether any text of the line is half of a \uXXXX pair: no UTF-8 can hold it."""
    if isinstance(value, str):
        return any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return any(_holds_half_a_pair(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(_holds_half_a_pair(part) for part in value)
