"""What a page on this machine answers."""

import json
from typing import Any
from urllib.request import urlopen


def answer(url: str) -> Any:
    """The JSON that the address gives; raises what urlopen raises."""
    with urlopen(url, timeout=20) as response:
        return json.load(response)
