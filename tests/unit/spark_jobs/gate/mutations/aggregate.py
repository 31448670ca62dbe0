"""Mutations for the suites of stage aggregate. The sums are kept right where another rule is meant."""

from tests.unit.spark_jobs.gate.mutations.edits import breaks, drop, put
from tests.unit.spark_jobs.gate.world import at

U1, U2, U9 = {"user_id": "u1"}, {"user_id": "u2"}, {"user_id": "u9"}
UNKNOWN, F = {"gender": "unknown"}, {"gender": "F"}
HTML, PNG, NONE = ({"file_type": name} for name in ("html", "png", "none"))
AT_TEN, LAST = {"window_start": at("10:00:00")}, {"window_start": at("10:01:00")}

MUTATIONS = {
    "mart.user_daily": {
        "user_id_is_present": breaks(put("mart_user_daily", U9, user_id=None)),
        "user_id_is_unique": breaks(put("mart_user_daily", U9, user_id="u2")),
        "requests_is_natural": breaks(put("mart_user_daily", U9, requests=None), put("mart_user_daily", U1, requests=3)),
        "bytes_is_natural": breaks(put("mart_user_daily", U9, bytes=-1), put("mart_user_daily", U1, bytes=101)),
        "distinct_ips_in_range": breaks(put("mart_user_daily", U9, distinct_ips=2)),  # of one request
        "times_are_of_the_day": breaks(put("mart_user_daily", U1, first_ts=at("10:00:41"))),  # after its last
        "sums_equal_activity": breaks(put("mart_user_daily", U2, bytes=51)),
    },
    "mart.young_by_gender": {
        "gender_is_present": breaks(put("mart_young_by_gender", UNKNOWN, gender=None)),
        "gender_is_unique": breaks(put("mart_young_by_gender", UNKNOWN, gender="F")),
        "users_is_natural": breaks(put("mart_young_by_gender", UNKNOWN, users=0), put("mart_young_by_gender", F, users=2)),
        "active_users_are_some_of_users": breaks(put("mart_young_by_gender", F, active_users=2)),
        "sums_equal_users_and_activity": breaks(put("mart_young_by_gender", UNKNOWN, users=2)),
    },
    "mart.ip_users_daily": {
        "ip_is_present": breaks(put("mart_ip_users_daily", {"ip": "192.0.2.4"}, ip=None)),
        "ip_is_unique": breaks(put("mart_ip_users_daily", {"ip": "192.0.2.4"}, ip="192.0.2.2")),
        "requests_is_natural": breaks(
            put("mart_ip_users_daily", {"ip": "192.0.2.3"}, requests=0), put("mart_ip_users_daily", {"ip": "192.0.2.2"}, requests=2)
        ),
        "user_ids_fit_users": breaks(put("mart_ip_users_daily", {"ip": "192.0.2.1"}, user_ids=["u2", "u1"])),
        "sums_equal_activity": breaks(put("mart_ip_users_daily", {"ip": "192.0.2.1"}, requests=3)),
    },
    "mart.file_types_daily": {
        "file_type_is_present": breaks(put("mart_file_types_daily", NONE, file_type=None)),
        "file_type_is_unique": breaks(put("mart_file_types_daily", NONE, file_type="png")),
        "file_type_has_its_form": breaks(put("mart_file_types_daily", NONE, file_type="toolongtype")),
        "requests_is_natural": breaks(put("mart_file_types_daily", PNG, requests=0), put("mart_file_types_daily", HTML, requests=3)),
        "bytes_is_natural": breaks(put("mart_file_types_daily", NONE, bytes=-1), put("mart_file_types_daily", HTML, bytes=111)),
        "sums_equal_activity": breaks(put("mart_file_types_daily", PNG, requests=2)),
    },
    "mart.top_users_by_window": {
        # A row without a user has no requests of a user in core.activity either.
        "user_id_is_present": breaks(put("mart_top_users_by_window", LAST, user_id=None), also="requests_are_those_of_activity"),
        # Ranks 1, 1, 3: as many as the greatest, and none follows another.
        "window_start_rank_is_unique": breaks(put("mart_top_users_by_window", AT_TEN | U2, rank=1)),
        "windows_are_of_the_grid": breaks(put("mart_top_users_by_window", LAST, window_end=at("10:06:30"))),
        "ranks_are_gapless": breaks(put("mart_top_users_by_window", LAST, rank=2)),
        "ranks_follow_requests": breaks(
            put("mart_top_users_by_window", AT_TEN | U1, rank=2),  # two requests behind one
            put("mart_top_users_by_window", AT_TEN | U2, rank=1),
        ),
        "requests_are_those_of_activity": breaks(put("mart_top_users_by_window", LAST, requests=2)),
        "every_window_is_there": breaks(drop("mart_top_users_by_window", LAST)),
    },
}
