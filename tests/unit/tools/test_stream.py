"""What `make stream` takes from the environment, and the lake of its own; nothing is submitted here."""

from datetime import date
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from include.settings import Machine, Settings
from tests.landing import Landing
from tools import stream

DAY = date(2015, 5, 17)


@pytest.mark.parametrize("text", ["x", "", "0", "-1", "nan", "inf"])
def test_a_speed_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        stream.read_speed(text)
    assert ended.value.code == 64
    assert f"SPEED: {text!r} is no number above 0" in capsys.readouterr().err


def test_speeds() -> None:
    assert [stream.read_speed(text) for text in ("1", "0.5", "1e3")] == [1, 0.5, 1000]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    monkeypatch.setenv("DAY", str(DAY))
    monkeypatch.delenv("SPEED", raising=False)
    return tmp_path


def test_a_landing_in_a_bucket_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MILLRACE_LANDING_URI", "s3a://bucket/landing")
    with pytest.raises(SystemExit) as ended:
        stream.main()
    assert ended.value.code == 64 and "a replay reads files of this machine" in capsys.readouterr().err


def test_a_day_without_requests_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Landing(home / "landing").complete(DAY)
    with pytest.raises(SystemExit) as ended:
        stream.main()
    assert ended.value.code == 66 and "holds no requests to replay" in capsys.readouterr().err


def test_its_lake_is_its_own_and_new(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, master="local[3]")
    left = tmp_path / "replay/catalog.db"
    left.parent.mkdir()
    left.touch()
    apart = stream.own_lake(settings)
    assert not left.exists()
    assert apart.landing == settings.landing and apart.master == "local[3]"
    assert f"{tmp_path}/replay/" in apart.catalog and apart.warehouse == (tmp_path / "replay/warehouse").as_uri()


def test_two_replays_of_one_home_do_not_mix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with stream.alone(tmp_path), pytest.raises(SystemExit) as ended, stream.alone(tmp_path):
        pass
    assert ended.value.code == 75 and "another replay is using" in capsys.readouterr().err
    with stream.alone(tmp_path):
        pass


def test_the_jobs_own_count_is_taken_and_no_other_text(capsys: pytest.CaptureFixture[str]) -> None:
    said = b"10:00:00Z  top users of the batch: 10:00:00Z  done: 9 lines read 1\n10:00:01Z  done: 1,201 lines read\n\xff\n"
    assert stream.shown(BytesIO(said)) == 1201
    assert capsys.readouterr().out.splitlines()[1:] == ["10:00:01Z  done: 1,201 lines read", "\ufffd"]


@pytest.mark.parametrize("read", [0, 1, 3])
def test_it_fails_unless_what_was_sent_was_read(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], read: int
) -> None:
    """No job reads here: what it would say stands in for it, since none that is right says this."""
    monkeypatch.setattr(stream, "run_job", lambda *_: (0, read))
    monkeypatch.setattr(stream, "Replay", lambda *_: SimpleNamespace(address="", error=None, sent=2))
    with pytest.raises(SystemExit) as ended:
        stream.replay_day(Settings(home=home), Machine.read(), DAY, [], 1)
    told = capsys.readouterr()
    assert ended.value.code == 1 and "what was read is not what was sent" in told.err and "next:" not in told.out
