"""Lines of landing/profiles."""

import pytest

from tests.oracle.profile_line import Profile, parse_profile
from tests.oracle.reasons import Reason, Refused


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("u1", Profile("u1", ())),
        ("u1,", Profile("u1", ("",))),
        ("u1,a,,b", Profile("u1", ("a", "", "b"))),
        ('"u1","a,b","say ""hi""",""', Profile("u1", ("a,b", 'say "hi"', ""))),
        (" u1 , a ", Profile(" u1 ", (" a ",))),  # nothing is trimmed
    ],
)
def test_accepted(line: str, expected: Profile) -> None:
    assert parse_profile(line) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('u1,"open', Reason.MALFORMED),
        ('u1,a"b', Reason.MALFORMED),
        ('u1,"a"b', Reason.MALFORMED),
        ('u1, "a"', Reason.MALFORMED),
        ('u1,"a"",b', Reason.MALFORMED),
        (",a", Reason.MISSING_KEY),
        ('"",a', Reason.MISSING_KEY),
        (" ,a", Reason.MISSING_KEY),
        ("-,a", Reason.MISSING_KEY),
    ],
)
def test_refused(line: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        parse_profile(line)
    assert refused.value.reason == reason
