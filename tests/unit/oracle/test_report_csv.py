"""The bytes of the report's CSV files."""

from datetime import date, datetime

from tests.oracle.report_csv import render

DAY = date(2026, 11, 1)


def test_header_only() -> None:
    assert render("file_types_daily", []) == b"event_day,file_type,requests,bytes\n"


def test_cells() -> None:
    row = (
        DAY,
        "=u,1",
        2,
        1,
        0,
        datetime(2026, 11, 1, 10),
        datetime(2026, 11, 1, 10, 0, 0, 5),
        'say "hi"',
        None,
        "caf\u00e9",
    )
    assert render("user_daily", [row]).decode().splitlines()[1] == (
        '2026-11-01,"\'=u,1",2,1,0,2026-11-01T10:00:00Z,2026-11-01T10:00:00.000005Z,"say ""hi""",,caf\u00e9'
    )


def test_cells_that_a_spreadsheet_would_run() -> None:
    rows = [(DAY, "user", node, node, 1, 0) for node in ("+1", "-1", "@a", "\ta", "'a", "a=1")]
    nodes = [line.split(",")[2] for line in render("identities", rows).decode().splitlines()[1:]]
    assert nodes == ["'+1", "'-1", "'@a", "'\ta", "'a", "a=1"]


def test_lists_are_compact_json() -> None:
    row = (DAY, "::1", 2, 2, ["=\u00e9", 'a"b'])
    assert render("ip_users_daily", [row]).decode().splitlines()[1] == ('2026-11-01,::1,2,2,"[""=\u00e9"",""a\\""b""]"')
