"""Patterns of addresses. Source of the IPv6 grammar: RFC 3986, section 3.2.2."""

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_H16 = r"[0-9A-Fa-f]{1,4}"
_LS32 = rf"(?:{_H16}:{_H16}|{IPV4})"


def _ipv6() -> str:
    full = rf"(?:{_H16}:){{6}}{_LS32}"
    # `::` stands for at least one group of zeros: with n groups behind it, at most 7 - n before it.
    shortened = [rf"(?:(?:{_H16}:){{0,{4 - n}}}{_H16})?::(?:{_H16}:){{{n}}}{_LS32}" for n in range(5)]
    most = rf"::(?:{_H16}:){{5}}{_LS32}"
    tail_one, tail_none = rf"(?:(?:{_H16}:){{0,5}}{_H16})?::{_H16}", rf"(?:(?:{_H16}:){{0,6}}{_H16})?::"
    return "|".join([full, most, *shortened, tail_one, tail_none])


IP_LITERAL = rf"^(?:{IPV4}|{_ipv6()})\z"
HOST_NAME = r"^(?=.{1,253}\z)(?!-\z)(?:[A-Za-z0-9_-]{1,63}\.)*+(?![0-9]+\z)[A-Za-z0-9_-]{1,63}\z"
