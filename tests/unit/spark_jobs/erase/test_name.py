"""In which forms a name is found among bytes, and what of it is never shown."""

import pytest
from jinja2 import Template

from spark_jobs.erase import name as names
from spark_jobs.erase.name import Name, read_name
from spark_jobs.lake.errors import WrongUsage


@pytest.mark.parametrize(
    ("text", "content", "whole", "anywhere"),
    [
        ("u1", b"u1", True, True),
        ("u1", b"2026-11-01,u1,3\n", True, True),
        ("u1", b'["u1","u2"]', True, True),
        ("u1", b"<td>u1</td>", True, True),
        ("u1", b"u11 xu1 _u1", False, False),
        ("u1", "üu1".encode(), False, False),
        ("u1", b"u1-2 u1@x", False, True),  # another name, or a part of a text
        ("u1", b"failed for u1.", False, True),
        ("@u1", b"x@u1 ", True, True),
        ('a"b', b'{"user_id": "a\\"b"}', True, True),
        ('a"b', b'2026-11-01,"a""b",3', True, True),
        ("a&b", b"<td>a&amp;b</td>", True, True),
        ("o'brien", str(Template("<td>{{ name }}</td>", autoescape=True).render(name="o'brien")).encode(), True, True),
        ('a"b', str(Template("<td>{{ name }}</td>", autoescape=True).render(name='a"b')).encode(), True, True),
        ("ü", b'{"u": "\\u00fc"}', True, True),
        ("a/b c", b"/users/a%2Fb%20c?x", True, True),
        ("bob smith", b"bob smith", True, True),
        ("anna\xa0k", b"e.g. [{'user_id': 'anna\\xa0k'}]", True, True),
        ("é\u202e", rb"users '\xe9\u202e'", True, True),
        ("bob smith", b"bob smiths", False, False),
        (".*", b"anything", False, False),
    ],
)
def test_a_name_is_found_alone_or_as_part_of_a_longer_one(text: str, content: bytes, whole: bool, anywhere: bool) -> None:
    name = Name(text)
    assert (bool(name.whole.search(content)), bool(name.anywhere.search(content))) == (whole, anywhere)


def test_the_environment_loses_the_name_and_no_text_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(names.VARIABLE, "u1")
    name = read_name()
    assert name.text == "u1" and names.VARIABLE not in names.os.environ
    assert "u1" not in f"{name} {name!r}"
    assert name.hidden("users/dt=2026-11-01/u1.json") == "users/dt=2026-11-01/….json"


@pytest.mark.parametrize("text", ["", " \t", "-", "a\nb", "a\x00", "\udcff", "\ufffd"])
def test_what_no_user_can_be_named_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(names.os, "environ", {names.VARIABLE: text})
    with pytest.raises(WrongUsage) as refused:
        read_name()
    assert refused.value.exit_code == 64 and (not text.strip("- \t") or text not in str(refused.value))
