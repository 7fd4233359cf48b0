# SPDX-License-Identifier: GPL-3.0-or-later
"""The files between a task and its module: at hand, and through a shell."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.plugin_utils._files import Files, LocalFiles, ShellFiles

Make = t.Callable[..., Files]


def shell(command: str) -> dict[str, t.Any]:
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    return {"rc": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


def at_a_terminal(command: str) -> dict[str, t.Any]:
    """As a connection with a terminal of its own has it, after a greeting."""
    done = shell(command)
    return {**done, "stdout": ("Welcome!\n" + done["stdout"]).replace("\n", "\r\n")}


@pytest.fixture(params=["at hand", "shell", "terminal"])
def make(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Make:
    def files(log: str | None = None) -> Files:
        if request.param == "at hand":
            return LocalFiles(str(tmp_path), log, (0.1, 1.0))
        how = shell if request.param == "shell" else at_a_terminal
        return ShellFiles(how, str(tmp_path), log, (1.0, 5.0))

    return files


@pytest.fixture
def job(tmp_path: pathlib.Path) -> str:
    (tmp_path / "job").write_text('{"started": 1}')
    return str(tmp_path / "job")


def append(files: Files, text: str) -> None:
    with open(files.log, "a", encoding="ascii") as stream:
        stream.write(text)


def test_each_look_gives_what_is_new(make: Make, job: str) -> None:
    files = make()
    assert files.look(job).text == b""
    append(files, "one\ntw")
    assert files.look(job).text == b"one\ntw"
    append(files, "o\n")
    assert files.look(job).text == b"o\n"
    assert files.look(job).text == b""


def test_a_log_of_the_users_is_followed_from_its_end(make: Make, job: str, tmp_path: pathlib.Path) -> None:
    (tmp_path / "mine").write_text("old\n")
    files = make(str(tmp_path / "mine"))
    append(files, "new\n")
    assert (files.log, files.look(job).text) == (str(tmp_path / "mine"), b"new\n")
    files.remove(job, "")
    assert (tmp_path / "mine").read_text() == "old\nnew\n"


def test_a_look_renews_the_lease(make: Make, job: str) -> None:
    files = make()
    os.utime(files.lease, (1, 1))
    files.look(job)
    assert os.stat(files.lease).st_mtime > 1


def test_nobody_else_gets_at_them(make: Make) -> None:
    files = make()
    assert os.stat(os.path.dirname(files.lease)).st_mode & 0o77 == 0
    assert os.path.basename(files.lease) == files.run
    assert len(bytes.fromhex(files.run)) == 4


def test_a_lease_that_was_ended_stays_so(make: Make, job: str) -> None:
    files = make()
    files.end_lease()
    files.look(job)
    assert not os.path.exists(files.lease)
    files.end_lease()


def test_the_mark_tells_that_the_job_has_a_result(make: Make, job: str) -> None:
    files = make()
    first = files.look(job).mark
    assert first is not None and files.look(job).mark == first
    pathlib.Path(job + ".new").write_text('{"changed": true}')
    os.replace(job + ".new", job)
    second = files.look(job).mark
    assert second not in (None, first)
    os.unlink(job)
    assert files.look(job).mark not in (None, first, second)


def test_a_module_that_is_gone_is_known_to_be(make: Make, job: str) -> None:
    files = make()
    assert not files.look(job).gone
    pathlib.Path(files.lease).write_text(str(os.getpid()))
    assert not files.look(job).gone
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    pathlib.Path(files.lease).write_text(str(gone.pid))
    assert files.look(job).gone


def test_nothing_is_left(make: Make, job: str, tmp_path: pathlib.Path) -> None:
    files = make()
    append(files, "one\n")
    files.remove(job, "")
    assert list(tmp_path.iterdir()) == []
    files.remove(job, "")


def test_a_home_and_a_variable_in_the_path_are_the_users(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setenv("HOME", "/h/somebody")
    monkeypatch.setenv("WHERE", "logs")
    assert LocalFiles(str(tmp_path), "~/$WHERE/ims", (0.1, 1.0)).log == "/h/somebody/logs/ims"


def test_a_host_that_takes_no_files_says_why(tmp_path: pathlib.Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        ShellFiles(shell, str(tmp_path / "nowhere"), None, (1.0, 5.0))


def test_an_answer_that_breaks_off_is_none(tmp_path: pathlib.Path, job: str) -> None:
    answers: list[dict[str, t.Any]] = []

    def broken(command: str) -> dict[str, t.Any]:
        answers.append(shell(command))
        return answers[-1] if len(answers) != 2 else {**answers[-1], "stdout": answers[-1]["stdout"][:20]}

    files = ShellFiles(broken, str(tmp_path), None, (1.0, 5.0))
    append(files, "one\n")
    assert files.look(job) == (b"", None, False)
    assert files.look(job).text == b"one\n"
