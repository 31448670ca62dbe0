"""Mutations for the suite of stage enrich."""

from tests.unit.spark_jobs.gate.mutations.edits import add, breaks, drop, put

U2, U9 = {"user_id": "u2"}, {"user_id": "u9"}
ANONYMOUS = {"user_id": None}

MUTATIONS = {
    "core.activity": {
        "event_ts_is_present": breaks(put("core_activity", U2, event_ts=None)),
        "landing_day_is_present": breaks(put("core_activity", U2, landing_day=None)),
        "ip_is_present": breaks(put("core_activity", U2, ip=None)),
        "action_is_present": breaks(put("core_activity", U2, action=None)),
        "file_type_is_present": breaks(put("core_activity", U2, file_type=None)),
        "known_user_is_present": breaks(put("core_activity", U2, known_user=None)),
        "user_id_is_a_name": breaks(put("core_activity", ANONYMOUS, user_id="-")),
        "file_type_has_its_form": breaks(put("core_activity", U2, file_type="PNG")),
        # The users hold the wrong age too, or they would differ.
        "age_in_range": breaks(put("core_activity", U2, age=-1), put("raw_users", U2, age=-1)),
        "rows_are_requests_less_blocked": breaks(add("core_activity", U9)),  # its bytes are NULL: the sum stays
        "bytes_are_those_of_the_requests": breaks(put("core_activity", U2, bytes=51)),
        # As many rows as there should be, one of them a blocked one.
        "blocked_requests_are_gone": breaks(put("core_activity", U2, action="/EvilBot")),
        "known_user_is_true": breaks(put("core_activity", {"ip": "192.0.2.3"}, known_user=True)),
        "user_columns_are_those_of_users": breaks(put("core_activity", U2, name="Bob")),
        "info_is_that_of_profiles": breaks(put("core_activity", U2, info=None)),
        # u2 and u9 of three named users are unknown, and the rows say so rightly.
        "most_users_are_known": breaks(drop("raw_users", U2), put("core_activity", U2, known_user=False, age=None)),
    }
}
