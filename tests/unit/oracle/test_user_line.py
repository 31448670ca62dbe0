"""Lines of landing/users."""

import pytest

from tests.oracle.reasons import Reason, Refused
from tests.oracle.user_line import User, parse_user


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"user_id":"u1","name":"A","age":30,"gender":"f"}', User("u1", "A", 30, "f")),
        ('{"user_id":"u1"}', User("u1", None, None, None)),
        ('{"user_id":"u1","name":"","age":null,"gender":null}', User("u1", None, None, None)),
        ('{"user_id":" u1 ","name":"-","age":0}', User(" u1 ", "-", 0, None)),  # `-` is no value in requests only
        ('{"user_id":"\\u00e9","age":150,"other":{"a":1,"b":[1e5]}}', User("\u00e9", None, 150, None)),
        (' {"user_id":"u1"}\t', User("u1", None, None, None)),
        ('{"user_id":"u1","name":"a\\tb"}', User("u1", "a\tb", None, None)),  # TAB is no control character here
        ('{"user_id":"u1","other":"\\u0007"}', User("u1", None, None, None)),  # other keys are ignored
    ],
)
def test_accepted(line: str, expected: User) -> None:
    assert parse_user(line) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"user_id":"u1"', Reason.MALFORMED),
        ('{"user_id":"u1"} x', Reason.MALFORMED),
        ('{"user_id":"u1"}{}', Reason.MALFORMED),
        ('["u1"]', Reason.MALFORMED),
        ('"u1"', Reason.MALFORMED),
        ("{'user_id':'u1'}", Reason.MALFORMED),
        ('{"user_id":"u1","x":NaN}', Reason.MALFORMED),
        ('{"user_id":"u1","age":030}', Reason.MALFORMED),
        ('{"user_id":"u1","x":1,"x":1}', Reason.MALFORMED),  # a key twice
        ('{"user_id":"u1","user\\u005fid":"u1"}', Reason.MALFORMED),  # the same key, written otherwise
        ('{"user_id":"a\tb"}', Reason.MALFORMED),  # JSON wants a TAB escaped
        ("{}", Reason.MISSING_KEY),
        ('{"user_id":null,"age":"x"}', Reason.MISSING_KEY),  # before BAD_VALUE
        ('{"user_id":""}', Reason.MISSING_KEY),
        ('{"user_id":" \\t"}', Reason.MISSING_KEY),
        ('{"user_id":"-"}', Reason.MISSING_KEY),
        ('{"user_id":5}', Reason.BAD_VALUE),
        ('{"user_id":"u1","name":5}', Reason.BAD_VALUE),
        ('{"user_id":"u1","gender":[]}', Reason.BAD_VALUE),
        ('{"user_id":"u1","age":151}', Reason.BAD_VALUE),
        ('{"user_id":"u1","age":-1}', Reason.BAD_VALUE),
        ('{"user_id":"u1","other":{"a":1,"a":2}}', Reason.MALFORMED),
        ('{"user_id":"u1","age":30.0}', Reason.BAD_VALUE),
        ('{"user_id":"u1","age":3e1}', Reason.BAD_VALUE),
        ('{"user_id":"u1","age":"30"}', Reason.BAD_VALUE),
        ('{"user_id":"u1","age":true}', Reason.BAD_VALUE),
        (f'{{"user_id":"u1","age":{"9" * 5000}}}', Reason.BAD_VALUE),  # more digits than int() takes
        ('{"user_id":"u1","name":"\\ud800"}', Reason.BAD_VALUE),  # half of a surrogate pair
        ('{"user_id":"u1","name":"\\u0007"}', Reason.CONTROL_CHARACTER),
        ('{"user_id":"u\\u007f"}', Reason.CONTROL_CHARACTER),
        ('{"user_id":"u\\n","age":-1}', Reason.BAD_VALUE),  # decoded characters are tried after the values
    ],
)
def test_refused(line: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        parse_user(line)
    assert refused.value.reason == reason
