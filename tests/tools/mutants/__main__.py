# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.mutants``: a seeded sample of changes to the plugins, and how many of them a test notices.

Each change is made in a copy of the collection, one copy for each worker, and is tried by the tests of tests/unit that
reach its line, the quick ones first. The exit status is 1 when less than 95 % are noticed of what changes anything.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import difflib
import json
import os
import pathlib
import queue
import random
import subprocess
import sys
import time
import typing as t

import yaml

from tests.tools.mutants.changes import Change, all_changes

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = ROOT / ".build" / "mutants"
EQUIVALENT = pathlib.Path(__file__).with_name("equivalent.yml")
LEAST = 95.0
# What reads the sources rather than running them tells nothing of what they do.
SUITES = (
    ("tests/unit", "--ignore=tests/unit/cloud", "--ignore=tests/unit/test_project.py"),
    ("tests/unit/cloud",),
)


@dataclasses.dataclass
class Known:
    """What the tests reach when nothing is changed: by file and line; and how long each takes."""

    lines: dict[str, dict[int, set[str]]]
    seconds: dict[str, float]

    def tests_for(self, name: str, change: Change) -> list[str]:
        reached = self.lines.get(name, {})
        wanted = reached.values() if change.imported else (reached.get(line, set()) for line in change.lines)
        tests = {test for some in wanted for test in some if test}
        stem = pathlib.Path(name).stem.strip("_")
        if change.imported:
            # What is made of a class at import, such as how it is shown, is no line of the file.
            tests.update(test for test in self.seconds if f"test_{stem}" in test)
        return sorted(tests, key=lambda test: (f"test_{stem}" not in test, self.seconds.get(test, 0.0), test))


class Copy:
    """A copy of the collection, in which a worker runs tests."""

    def __init__(self, number: int) -> None:
        top = BUILD / str(number)
        subprocess.run(["bash", "tests/tools/tree.sh", "copy", str(top)], cwd=ROOT, check=True)
        self.folder = top / "ansible_collections" / "huaweicloud" / "ims"
        # Compiled files of a source that was changed within the same second would be taken for its own.
        self.environment = {
            **os.environ,
            "PYTHONPATH": f"{top}{os.pathsep}{self.folder}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ANSIBLE_COLLECTIONS_PATH": str(top),
        }
        self._worker: subprocess.Popen[str] | None = None

    def run(self, *arguments: str, **how: t.Any) -> t.Any:
        command = [sys.executable, "-m", *arguments]
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, text=True, **how)

    def survey(self, suite: t.Sequence[str]) -> dict[str, t.Any]:
        report = self.folder.parents[2] / "seen.json"
        report.unlink(missing_ok=True)
        process = self.run(
            "tests.tools.mutants.seen", str(report), "-q", "-p", "no:xdist", *suite, stdout=subprocess.PIPE
        )
        printed, _none = process.communicate()
        if process.returncode:
            raise SystemExit(f"{printed[-3000:]}\nThe tests fail before anything is changed.")
        seen: dict[str, t.Any] = json.loads(report.read_text(encoding="utf-8"))
        return seen

    def ask(self, tests: list[str]) -> str | None:
        """What fails among these tests, if anything does."""
        if self._worker is None:
            self._worker = self.run("tests.tools.mutants.worker", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        worker = self._worker
        assert worker.stdin is not None and worker.stdout is not None
        worker.stdin.write(json.dumps({"tests": tests}) + "\n")
        worker.stdin.flush()
        answer: str | None = json.loads(worker.stdout.readline())["killed"]
        return answer

    def tried(self, name: str, source: bytes, change: Change, tests: list[str]) -> str | None:
        file = self.folder / name
        file.write_bytes(change.applied(source))
        try:
            return self.ask(tests)
        finally:
            file.write_bytes(source)

    def close(self) -> None:
        if self._worker is not None and self._worker.stdin is not None:
            self._worker.stdin.close()
            self._worker.wait()


def survey(copies: t.Sequence[Copy]) -> Known:
    with concurrent.futures.ThreadPoolExecutor(len(SUITES)) as pool:
        seen = list(pool.map(lambda pair: pair[0].survey(pair[1]), zip(copies, SUITES)))
    known = Known({}, {})
    for part in seen:
        known.seconds.update(part["seconds"])
        for name, lines in part["lines"].items():
            for line, tests in lines.items():
                known.lines.setdefault(name, {}).setdefault(int(line), set()).update(tests)
    return known


def shown(name: str, source: bytes, change: Change) -> str:
    before, after = source.decode().splitlines(), change.applied(source).decode().splitlines()
    diff = [line for line in difflib.unified_diff(before, after, lineterm="", n=0) if line[:3] not in ("---", "+++")]
    return "\n".join([f"{name}:{change.line}: {change.kind}", *(f"    {line}" for line in diff if line[:2] != "@@")])


def words(name: str, source: bytes, change: Change) -> tuple[str, str, str]:
    """By what a change is known again when lines have moved."""
    text = shown(name, source, change).splitlines()[1:]
    before = " ".join(line.strip()[1:].strip() for line in text if line.strip().startswith("-"))
    after = " ".join(line.strip()[1:].strip() for line in text if line.strip().startswith("+"))
    return name, before, after


def equivalents() -> dict[tuple[str, str, str], str]:
    listed = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []
    return {(each["file"], each["was"], each["becomes"]): each["reason"] for each in listed}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--count", type=int, default=200, help="how many changes are tried")
    parser.add_argument("--only", default="", help="only in files whose path holds this")
    given = parser.parse_args()

    began = time.monotonic()
    files = {str(path.relative_to(ROOT)): path.read_bytes() for path in sorted((ROOT / "plugins").rglob("*.py"))}
    everything = [(name, change) for name, change in all_changes(files) if given.only in name]
    sample = random.Random(given.seed).sample(everything, min(given.count, len(everything)))
    copies = [Copy(number) for number in range(len(SUITES))]
    known = survey(copies)
    # With a test that is not found again, everything would count as noticed.
    if missing := copies[0].ask([*known.seconds, "--collect-only"]):
        printed = (copies[0].folder / "printed").read_text(encoding="utf-8", errors="replace")
        raise SystemExit(f"{printed[-3000:]}\nNot every test is found by its name: {missing}")
    print(f"{len(everything)} possible changes, {len(sample)} tried (seed {given.seed}), {len(known.seconds)} tests")
    print(f"after {time.monotonic() - began:.0f} s it is known which test reaches what", flush=True)

    free: queue.Queue[Copy] = queue.Queue()
    for copy in copies:
        free.put(copy)

    def one(pair: tuple[str, Change]) -> str | None:
        name, change = pair
        tests = known.tests_for(name, change)
        if not tests:
            return None
        copy = free.get()
        try:
            return copy.tried(name, files[name], change, tests)
        finally:
            free.put(copy)

    same = equivalents()
    counts = {"killed": 0, "survived": 0, "equivalent": 0}
    with concurrent.futures.ThreadPoolExecutor(len(copies)) as pool:
        for (name, change), killed in zip(sample, pool.map(one, sample)):
            reason = same.get(words(name, files[name], change))
            outcome = "killed" if killed else "equivalent" if reason else "survived"
            counts[outcome] += 1
            if outcome == "survived":
                reached = len(known.tests_for(name, change))
                print(f"survived {reached} tests: {shown(name, files[name], change)}", flush=True)
    for copy in copies:
        copy.close()

    judged = counts["killed"] + counts["survived"]
    share = 100.0 * counts["killed"] / judged if judged else 100.0
    print(
        f"{', '.join(f'{count} {outcome}' for outcome, count in counts.items())}: {share:.1f} %, {LEAST:.0f} % wanted"
    )
    print(f"in {time.monotonic() - began:.0f} s; what changes nothing is listed in {EQUIVALENT.relative_to(ROOT)}")
    return 0 if share >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
