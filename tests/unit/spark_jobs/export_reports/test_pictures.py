from spark_jobs.aggregate.schema import USER_DAILY
from spark_jobs.export_reports.pictures import cluster_sizes, pictures
from spark_jobs.identities.schema import IDENTITIES
from tests.unit.spark_jobs.export_reports.made_up import DAY, at, empty_report, mart_frame, small_report, with_mart


def test_clusters_count_once_in_doubling_sizes() -> None:
    rows = [
        *[[DAY, "user", f"a{i}", f"a{i}", 1, 0] for i in range(3)],  # three of 1 user
        *[[DAY, "user", f"b{i}", "b0", 3, 1] for i in range(3)],  # one of 3
        [DAY, "ip", "192.0.2.1", "b0", 3, 1],
        *[[DAY, "user", f"c{i}", "c0", 4, 0] for i in range(4)],  # one of 4
        *[[DAY, "user", f"d{i:02d}", "d00", 9, 0] for i in range(9)],  # one of 9: the smallest in 9 to 16
    ]
    expected = [("1", 3), ("2", 0), ("3–4", 2), ("5–8", 0), ("9–16", 1)]
    assert cluster_sizes(mart_frame(IDENTITIES, rows)) == expected


def test_no_clusters() -> None:
    assert cluster_sizes(mart_frame(IDENTITIES, [])) == []


def test_alt_texts_tell_what_the_charts_show() -> None:
    alts = {picture.name: picture.alt for picture in pictures(small_report())}
    assert alts == {
        "requests_by_half_hour.png": "Requests by half hour: 9 in all, at most 4 from 00:00 UTC.",
        "top_users.png": "Most active users, by requests: u1 5, u2 2, u3 1.",
        "file_types.png": "Most frequent file types, by requests: html 8, none 1.",
        "cluster_sizes.png": "Identity clusters by number of users: 1 3.",
    }


def test_ten_users_are_shown_ties_by_user_id() -> None:
    rows = [[DAY, f"u{i:02d}", 1 if i else 9, 1, 0, at(0), at(0), None, None, None] for i in reversed(range(12))]
    top_users = pictures(with_mart(empty_report(), USER_DAILY, rows))[1]
    shown = ", ".join(["u00 9", *[f"u{i:02d} 1" for i in range(1, 10)]])
    assert top_users.alt == f"Most active users, by requests: {shown}."
