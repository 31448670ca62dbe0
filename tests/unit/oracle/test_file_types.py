"""The file type of an action."""

import pytest

from tests.oracle.file_types import file_type


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("/a/b.HTML", "html"),
        ("/a/b.tar.gz", "gz"),
        ("/b.css?v=1.js", "css"),
        ("/b.css#x.y", "css"),
        ("/b#a?c.png", "none"),
        ("/a.b/c", "none"),
        ("/.htaccess", "none"),  # the dot is the segment's first character
        ("/.a.js", "js"),
        ("/a.", "none"),
        ("/a.abcdefgh", "abcdefgh"),
        ("/a.abcdefghi", "none"),  # nine characters
        ("/a.b-c", "none"),
        ("/a.\u00e9", "none"),
        ("a.js", "js"),
        ("/", "none"),
        ("-", "none"),
        ("", "none"),
    ],
)
def test_file_type(action: str, expected: str) -> None:
    assert file_type(action) == expected
