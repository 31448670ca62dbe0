"""core.activity of a day as a DuckDB table."""

import duckdb
import pyarrow as pa

from tests.oracle.file_types import file_type
from tests.oracle.profile_line import Profile
from tests.oracle.user_line import User

ACTIVITY = """
    CREATE TABLE activity AS
    SELECT event_day, event_ts, landing_day, user_id, ip, action, file_type, method, status, bytes,
           users.name, users.age, users.gender, profiles.info, users.user_id IS NOT NULL AS known_user
    FROM requests
    JOIN file_types USING (action)
    LEFT JOIN users USING (user_id)
    LEFT JOIN profiles USING (user_id)
    WHERE NOT EXISTS (
        SELECT 1 FROM blocklist
        WHERE contains(requests.user_id, literal) OR contains(ip, literal)
           OR contains(action, literal) OR contains(user_agent, literal)
    )
"""


def build_activity(requests: pa.Table, users: list[User], profiles: list[Profile], blocklist: list[str]) -> duckdb.DuckDBPyConnection:
    """A connection with the tables requests, users, profiles and activity.

    activity: the grain of raw.requests, less the blocked rows; known_user is whether raw.users has the user_id.
    """
    connection = duckdb.connect()
    connection.register("requests", requests)
    connection.register("users", _users_table(users))
    connection.register("profiles", _profiles_table(profiles))
    connection.register("blocklist", pa.table({"literal": pa.array(blocklist, pa.string())}))
    actions = [action for (action,) in connection.execute("SELECT DISTINCT action FROM requests").fetchall()]
    connection.register("file_types", _file_types_table(actions))
    connection.execute(ACTIVITY)
    return connection


def _users_table(users: list[User]) -> pa.Table:
    return pa.table(
        {
            "user_id": pa.array([user.user_id for user in users], pa.string()),
            "name": pa.array([user.name for user in users], pa.string()),
            "age": pa.array([user.age for user in users], pa.int32()),
            "gender": pa.array([user.gender for user in users], pa.string()),
        }
    )


def _profiles_table(profiles: list[Profile]) -> pa.Table:
    return pa.table(
        {
            "user_id": pa.array([profile.user_id for profile in profiles], pa.string()),
            "info": pa.array([list(profile.info) for profile in profiles], pa.list_(pa.string())),
        }
    )


def _file_types_table(actions: list[str]) -> pa.Table:
    return pa.table(
        {
            "action": pa.array(actions, pa.string()),
            "file_type": pa.array([file_type(action) for action in actions], pa.string()),
        }
    )
