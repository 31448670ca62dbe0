"""Writes generated landing data: `python -m tools.sample_data --landing var/landing --day 2026-11-01`.

The same seed and day give the same bytes. Exit codes: 0 done, 64 wrong usage, 73 a day is already there or a file
cannot be written.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NoReturn

from include.settings import PROJECT
from tools.sample_data.landing import FOUR_FIELDS_SHARE, AlreadyThere, Plan, Written, check_absent, write_day

WRONG_USAGE = 64
CANNOT_CREATE = 73
# With fewer, the one bad line of each kind would be more than 5 % of a dataset.
MIN_REQUESTS = 1000
MIN_USERS = 200
FIRST_DAY = date(1970, 1, 5)
LAST_DAY = date(9000, 1, 1)


class Parser(argparse.ArgumentParser):
    """An argument parser with the project's exit code."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"{self.prog}: error: {message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    args = _build_parser().parse_args(argv)
    days = [args.day + timedelta(days=offset) for offset in range(args.days)]
    plan = Plan(args.landing, args.seed, args.requests, args.users, args.format)
    try:
        check_absent(plan.landing, days)
        for day in days:
            _print_summary(plan.landing, day, write_day(plan, day))
    except (AlreadyThere, OSError) as error:
        print(f"sample data: {error}", file=sys.stderr)
        return CANNOT_CREATE
    for day in days:
        print(f"next: make run DAY={day}{own_place(plan.landing.resolve())}")
    return 0


def own_place(landing: Path) -> str:
    """What a command needs to find this landing folder."""
    if landing == PROJECT / "var/landing":
        return ""
    return f" MILLRACE_HOME={landing.parent}" if landing.name == "landing" else f" MILLRACE_LANDING_URI={landing.as_uri()}"


def _print_summary(landing: Path, day: date, files: list[Written]) -> None:
    print(f"{day} in {landing}")
    for file in files:
        print(f"  {file.path.relative_to(landing).as_posix():<40}{file.lines:>11,} lines{file.size_bytes:>15,} bytes")


def _build_parser() -> Parser:
    parser = Parser(prog="python -m tools.sample_data", description="Write generated landing data.")
    parser.add_argument("--landing", type=Path, required=True, help="the landing folder")
    parser.add_argument("--day", type=_day, required=True, help="the first day, YYYY-MM-DD")
    parser.add_argument("--days", type=_whole_number(1, 366), default=1, help="how many days, one after the other (default 1)")
    parser.add_argument("--seed", type=_whole_number(0, 2**31), default=1, help="another seed gives other data (default 1)")
    parser.add_argument(
        "--requests",
        type=_whole_number(MIN_REQUESTS, 10**9),
        default=20_000,
        help="request lines a day (default 20000)",
    )
    parser.add_argument("--users", type=_whole_number(MIN_USERS, 3_000_000), default=300, help="users (default 300)")
    parser.add_argument("--format", choices=sorted(FOUR_FIELDS_SHARE), default="mixed", help="of the request lines (default mixed)")
    return parser


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day of the calendar in the form YYYY-MM-DD") from error
    if day.isoformat() != text:  # fromisoformat also takes 20261101 and 2026-W44-7
        raise argparse.ArgumentTypeError(f"{text!r} is no day of the calendar in the form YYYY-MM-DD")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise argparse.ArgumentTypeError(f"{text} is not within {FIRST_DAY} and {LAST_DAY}")
    return day


def _whole_number(minimum: int, maximum: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,18}", text) is None or not minimum <= int(text) <= maximum:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {minimum} to {maximum}")
        return int(text)

    return parse


if __name__ == "__main__":
    sys.exit(main())
