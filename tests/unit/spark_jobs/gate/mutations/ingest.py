"""Mutations for the suites of stage ingest."""

from datetime import date, timedelta

from tests.unit.spark_jobs.gate.mutations.edits import add, breaks, drop, put
from tests.unit.spark_jobs.gate.world import A_CSV, A_JSON, A_LOG, DAY, FIXES, LATE_LOG, at

U1, U2, U3 = {"user_id": "u1"}, {"user_id": "u2"}, {"user_id": "u3"}
LATE = {"source_file": LATE_LOG}

# A row of which no file is known can be in no file's row of the ledger either: without a source_file both fail.
LOST_FILE = "rows_equal_the_ledger"

MUTATIONS = {
    "raw.requests": {
        "event_ts_is_present": breaks(put("raw_requests", U2, event_ts=None)),
        "landing_day_is_present": breaks(put("raw_requests", U2, landing_day=None)),
        "ip_is_present": breaks(put("raw_requests", U2, ip=None)),
        "action_is_present": breaks(put("raw_requests", U2, action=None)),
        "source_file_is_present": breaks(put("raw_requests", U2, source_file=None), also=LOST_FILE),
        "user_id_is_a_name": breaks(put("raw_requests", U2, user_id="-")),
        "event_ts_is_of_its_day": breaks(put("raw_requests", U2, event_ts=at("10:00:00") + timedelta(days=1))),
        "landing_is_in_the_window": breaks(put("raw_requests", U2, landing_day=date(2026, 11, 4))),  # late_days is 2
        "ip_has_its_form": breaks(put("raw_requests", U2, ip="192.0.2.1/24")),
        "status_in_range": breaks(put("raw_requests", U2, status=99)),
        "bytes_in_range": breaks(put("raw_requests", U2, bytes=-1)),
        "source_file_has_its_form": breaks(
            put("raw_requests", LATE, source_file="/landing/late.log"), put("ops_ledger", LATE, source_file="/landing/late.log")
        ),
        "rows_equal_the_ledger": breaks(drop("raw_requests", U2)),
    },
    "raw.users": {
        "user_id_is_present": breaks(put("raw_users", U2, user_id=None)),
        "user_id_is_unique": breaks(put("raw_users", U2, user_id="u1")),
        "user_id_is_a_name": breaks(put("raw_users", U2, user_id=" ")),
        "age_in_range": breaks(put("raw_users", U2, age=151)),
        "texts_are_not_empty": breaks(put("raw_users", U2, gender="")),
        "rows_equal_the_ledger": breaks(drop("raw_users", U3)),
    },
    "raw.profiles": {
        "user_id_is_present": breaks(put("raw_profiles", U2, user_id=None)),
        "info_is_present": breaks(put("raw_profiles", U2, info=None)),
        "user_id_is_unique": breaks(put("raw_profiles", U2, user_id="u1")),
        "user_id_is_a_name": breaks(put("raw_profiles", U2, user_id="-")),
        "rows_equal_the_ledger": breaks(put("ops_ledger", {"source_file": A_CSV}, accepted=3)),
    },
    "raw.quarantine": {
        "detail_is_present": breaks(put("raw_quarantine", {"dataset": "users"}, detail=None)),
        "source_file_is_present": breaks(put("raw_quarantine", {"dataset": "users"}, source_file=None), also=LOST_FILE),
        "line_is_present": breaks(put("raw_quarantine", {"dataset": "users"}, line=None)),
        "dataset_is_known": breaks(put("raw_quarantine", {"dataset": "users"}, dataset="people")),
        "reason_is_known": breaks(put("raw_quarantine", {"dataset": "users"}, reason="UGLY")),
        "dataset_is_present": breaks(put("raw_quarantine", {"dataset": "users"}, dataset=None)),
        "reason_is_present": breaks(put("raw_quarantine", {"dataset": "users"}, reason=None)),
        "rows_equal_the_ledger": breaks(drop("raw_quarantine", {"dataset": "users"})),
    },
    "ops.ledger": {
        "dataset_is_present": breaks(put("ops_ledger", LATE, dataset=None)),
        "source_file_is_present": breaks(put("ops_ledger", LATE, source_file=None)),
        "late_by_day_is_present": breaks(put("ops_ledger", LATE, late_by_day=None)),
        "source_file_is_unique": breaks(add("ops_ledger", LATE)),
        "counts_are_natural": breaks(put("ops_ledger", LATE, unmatched_corrections=-1)),
        "lines_are_conserved": breaks(put("ops_ledger", {"source_file": A_LOG}, duplicates=0)),  # one line is nowhere
        "corrected_lines_were_taken": breaks(put("ops_ledger", {"source_file": A_LOG}, corrected=7)),
        "corrections_match_a_line": breaks(put("ops_ledger", {"source_file": FIXES}, unmatched_corrections=1)),
        "lines_equal_the_landed_lines": breaks(put("landed_lines", {"source_file": A_JSON}, lines=5)),
        "late_days_sum_up": breaks(put("ops_ledger", {"source_file": A_LOG}, late_by_day={"2026-10-31": 2})),
        "quarantined_share_is_bearable": breaks(put("params", {"day": DAY}, max_quarantined_share=0.2)),  # 1 of 4 users' lines
    },
}
