import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "tools" / "find_python.sh"


def put(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def find(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the script with nothing on PATH but `folder` and the `head` that it needs."""
    put(folder, "head", 'read -r line; echo "$line"')
    command = ["/bin/sh", str(SCRIPT)]
    return subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)


def test_a_suitable_python3_is_taken(tmp_path: Path) -> None:
    put(tmp_path, "python3", f'exec {sys.executable} "$@"')
    done = find(tmp_path)
    assert done.returncode == 0 and Path(done.stdout.strip()).exists()


def test_the_base_interpreter_is_printed_and_not_the_virtual_environments(tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    put(tmp_path, "python3", f'exec {environment / "bin" / "python"} "$@"')
    assert not find(tmp_path).stdout.startswith(str(environment))


def test_other_names_are_tried_when_python3_is_unsuitable_or_a_stub(tmp_path: Path) -> None:
    put(tmp_path, "python3", 'echo "is Python 3.9.2" >&2; exit 1')
    put(tmp_path, "python3.13", 'echo "python3.13: command not found" >&2; exit 127')
    put(tmp_path, "python3.11", "echo /the/right/one")
    assert find(tmp_path).stdout == "/the/right/one\n"


def test_a_wrong_python_is_named_with_its_remedy(tmp_path: Path) -> None:
    put(tmp_path, "python3", 'echo "is Python 3.9.2" >&2; exit 1')
    done = find(tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert f"{tmp_path / 'python3'}: is Python 3.9.2" in done.stderr
    assert "Remedy: install" in done.stderr


def test_no_python_at_all_is_named(tmp_path: Path) -> None:
    assert "no python3 at all" in find(tmp_path).stderr
