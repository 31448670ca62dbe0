"""What counts as the address of a request."""

import ipaddress
import re
from functools import lru_cache

MAX_HOST_NAME_CHARACTERS = 253
HOST_NAME = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)*(?![0-9]+\Z)[A-Za-z0-9_-]{1,63}")


@lru_cache(maxsize=200_000)
def is_ip(text: str) -> bool:
    """True for an IPv4 literal without leading zeros or an IPv6 literal without a zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


@lru_cache(maxsize=200_000)
def is_host(text: str) -> bool:
    """True for an address or a host name, as the Common Log Format's %h may be either; `-` is neither."""
    return is_ip(text) or (text != "-" and len(text) <= MAX_HOST_NAME_CHARACTERS and HOST_NAME.fullmatch(text) is not None)
