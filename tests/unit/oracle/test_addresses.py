"""Addresses and host names."""

import pytest

from tests.oracle.addresses import is_host, is_ip


@pytest.mark.parametrize("text", ["192.0.2.7", "0.0.0.0", "::", "2001:DB8::1", "::ffff:192.0.2.7", "1:2:3:4:5:6:7::"])
def test_ip_literals(text: str) -> None:
    assert is_ip(text)
    assert is_host(text)


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.256",
        "192.0.2.07",  # leading zero
        "192.0.2",
        "192.0.2.7.1",
        "::ffff:192.0.2.07",
        "12345",
    ],
)
def test_neither_literal_nor_host_name(text: str) -> None:
    assert not is_ip(text)
    assert not is_host(text)  # the last label is all digits, or there is a colon


@pytest.mark.parametrize("text", ["fe80::1%eth0", "[::1]", "2001:db8::g", "1::2::3", "a..b", "a.", ".a", "caf\u00e9.example", "", "-"])
def test_no_host(text: str) -> None:
    assert not is_ip(text)
    assert not is_host(text)


@pytest.mark.parametrize("text", ["localhost", "a_b-C.example", "1.2.3.x4", "--", "l" * 63, ".".join(["l" * 63] * 3 + ["l" * 61])])
def test_host_names(text: str) -> None:
    assert not is_ip(text)
    assert is_host(text)


@pytest.mark.parametrize("text", ["l" * 64, ".".join(["l" * 63] * 3 + ["l" * 62])])
def test_host_names_that_are_too_long(text: str) -> None:
    assert not is_host(text)
