# SPDX-License-Identifier: GPL-3.0-or-later
"""The project against its own rules: versions, names, layers, sizes, licences, and what must not stand in any file."""

from __future__ import annotations

import ast
import functools
import pathlib
import re
import subprocess
import typing as t

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
UTILS = PLUGINS / "module_utils"
HELPERS = sorted([*UTILS.rglob("*.py"), *(PLUGINS / "plugin_utils").glob("*.py")])
SPDX = "# SPDX-License-Identifier: GPL-3.0-or-later"
LICENCE = "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)"
PRIVATE = "# Private to this collection: it may change in any release."

# The rooms of plugins/module_utils: a file imports only from its own room and from those above it.
ROOMS = ("", "_model", "_client", "_decide", "_engine", "_result", "_entry")
# Judging needs to know what things are, and not how they are asked for.
CLOSED = {"_decide": {"_client"}}

# A module's file holds its documentation as well.
MOST_LINES = 300
MOST_LINES_OF_A_MODULE = 650
MOST_LINES_OF_A_TEST = 400

TESTS = ROOT / "tests"
# Timings live in benchmarks.
# Not what ansible-test writes, its environments included.
TEST_FILES = [
    file
    for file in sorted(TESTS.rglob("*.py"))
    if file.parent != TESTS / "bench" and TESTS / "output" not in file.parents
]


@functools.cache
def read(path: pathlib.Path) -> str:
    return path.read_text(encoding="utf-8")


def parsed(text: str) -> ast.Module:
    """Not kept: so many small objects would slow down every test that comes after."""
    return ast.parse(text)


def load(path: pathlib.Path) -> t.Any:
    return yaml.safe_load(read(path))


def modules() -> list[str]:
    """Not those that are documentation of an action plugin alone."""
    return sorted(file.stem for file in (PLUGINS / "modules").glob("*.py") if "def main(" in read(file))


def plugin_files() -> list[pathlib.Path]:
    return sorted(file for file in PLUGINS.rglob("*.py") if file.read_bytes())


def every_text() -> t.Iterator[tuple[str, str]]:
    """Each text file that git holds or would take, with its path."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=False)
    if listed.returncode == 0:
        paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    else:  # an unpacked artifact
        paths = [path for path in ROOT.rglob("*") if not {".venv", ".build"} & set(path.relative_to(ROOT).parts)]
    for path in sorted(paths):
        if path.is_file():
            try:
                yield str(path.relative_to(ROOT)), read(path)
            except UnicodeDecodeError:
                continue


@functools.cache
def imports(file: pathlib.Path) -> tuple[str, ...]:
    """What a file imports, wherever in the file: ``requests.adapters``, ``._http``, ``..module_utils._entry.glue``."""
    found: list[str] = []
    for node in ast.walk(parsed(read(file))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.append("." * node.level + node.module)
        elif isinstance(node, ast.ImportFrom):
            found += ["." * node.level + name.name for name in node.names]
    return tuple(found)


# -- versions --------------------------------------------------------------------------------------------------------


def test_a_version_is_released_or_in_progress() -> None:
    """Released: the newest one in the changelog, nothing pending. In progress: newer than that one, with fragments."""

    def order(version: str) -> tuple[int, ...]:
        return tuple(int(number) for number in version.split("."))

    version = load(ROOT / "galaxy.yml")["version"]
    changelog = ROOT / "changelogs" / "changelog.yaml"
    releases = (load(changelog).get("releases") or {}) if changelog.exists() else {}
    newest = max(releases, key=order, default="0.0.0")
    pending = [file.name for file in (ROOT / "changelogs" / "fragments").glob("*.y*ml")]

    if version == newest:
        assert pending == [], f"{version} is released: what these fragments tell belongs to a newer version"
    else:
        assert order(version) > order(newest)
        assert pending, f"{version} is in progress, and no fragment tells what is new in it"


def test_a_release_is_in_the_changelog_that_people_read() -> None:
    changelog = ROOT / "changelogs" / "changelog.yaml"
    releases = (load(changelog).get("releases") or {}) if changelog.exists() else {}
    for version in releases:
        assert f'<a id="v{version.replace(".", "-")}">' in read(ROOT / "CHANGELOG.md")
        assert f"v{version}" in read(ROOT / "CHANGELOG.rst").splitlines()


def test_the_version_stands_in_one_place_only() -> None:
    version = load(ROOT / "galaxy.yml")["version"]
    assert [file.name for file in plugin_files() if f'"{version}"' in read(file)] == []


# -- what Galaxy and ansible-core read -------------------------------------------------------------------------------


def test_galaxy_takes_the_tags() -> None:
    tags = load(ROOT / "galaxy.yml")["tags"]
    assert "cloud" in tags
    assert len(tags) <= 20
    assert [tag for tag in tags if not re.fullmatch(r"[a-z0-9]{1,64}", tag)] == []


def test_the_action_group_holds_every_module() -> None:
    assert sorted(load(ROOT / "meta" / "runtime.yml")["action_groups"]["ims"]) == modules()


def test_every_module_has_an_integration_target() -> None:
    targets = ROOT / "tests" / "integration" / "targets"
    assert [name for name in modules() if not (targets / name / "tasks" / "main.yml").is_file()] == []


def test_every_role_has_a_readme_and_argument_specs() -> None:
    for role in sorted((ROOT / "roles").glob("*/")):
        assert (role / "README.md").is_file()
        assert (role / "meta" / "argument_specs.yml").is_file()


def test_requirements_name_lower_bounds_only() -> None:
    lines = read(ROOT / "meta" / "ee-requirements.txt").split()
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[a-z]+>=[0-9.]+", line)] == []


def test_sanity_ignores_nothing() -> None:
    assert list((ROOT / "tests" / "sanity").glob("ignore*")) == []


def test_lint_skips_nothing() -> None:
    settings = load(ROOT / ".ansible-lint")
    assert set(settings) <= {"profile", "offline", "strict", "mock_modules"}
    assert settings["profile"] == "production"
    # What the linter cannot find, the one playbook that needs it names, and a test plays.
    playbook = read(ROOT / "docs" / "awx" / "create.yml")
    assert settings["mock_modules"] == sorted(set(re.findall(r"^ +(awx\.awx\.\w+):$", playbook, re.M)))


# -- layers ----------------------------------------------------------------------------------------------------------


def room_of(file: pathlib.Path) -> str:
    """The room of a file of module_utils; the ground has no name."""
    return "" if file.parent == UTILS else str(file.parent.relative_to(UTILS))


def rooms_imported(file: pathlib.Path) -> set[str]:
    """The rooms that a file of module_utils imports from, its own left out."""
    own = room_of(file)
    found = set()
    for name in imports(file):
        if name.startswith("..") or (name.startswith(".") and not own):
            first = name.lstrip(".").partition(".")[0]
            found.add(first if (UTILS / first).is_dir() else "")
    return found - {own}


def test_an_import_within_a_function_counts_as_any_other(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "late.py"
    file.write_text("from .a import b\ndef late():\n    from .._c import d\n", encoding="utf-8")
    assert imports(file) == (".a", ".._c")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room or "ground")
def test_a_room_imports_only_from_the_rooms_above_it(room: str) -> None:
    above = set(ROOMS[: ROOMS.index(room)]) - CLOSED.get(room, set())
    files = list((UTILS / room).glob("*.py"))
    assert files
    assert {file.name: wrong for file in files if (wrong := rooms_imported(file) - above)} == {}


def test_every_file_of_module_utils_is_in_a_room() -> None:
    assert [file for file in UTILS.rglob("*.py") if room_of(file) not in ROOMS] == []


@pytest.mark.parametrize("room", ROOMS[1:])
def test_no_two_files_of_a_room_import_each_other(room: str) -> None:
    files = {file.stem: file for file in (UTILS / room).glob("*.py")}
    left = {
        name: {found[1:] for found in imports(file) if found[:1] == "." and found[1:] in files}
        for name, file in files.items()
    }
    while free := [name for name, wanted in left.items() if not wanted & left.keys()]:
        for name in free:
            del left[name]
    assert left == {}


def test_requests_is_imported_in_one_place_only() -> None:
    importers = [file.stem for file in plugin_files() if "requests" in {name.split(".")[0] for name in imports(file)}]
    assert importers == ["transport"]


def test_only_the_glue_knows_ansible() -> None:
    importers = {
        str(file.relative_to(UTILS))
        for file in UTILS.rglob("*.py")
        if any(name.split(".")[0] == "ansible" for name in imports(file))
    }
    assert {name for name in importers if not name.startswith("_entry/")} <= {"_client/connection.py"}


def test_modules_and_actions_use_the_glue_alone() -> None:
    allowed = {"__future__", "typing", "ansible"}
    for folder in ("modules", "action"):
        for file in (PLUGINS / folder).glob("*.py"):
            for name in imports(file):
                if folder == "modules":
                    assert name.startswith("..module_utils") or name.split(".")[0] in allowed, f"{file.name}: {name}"
                assert name.split(".")[0] != "requests", f"{file.name}: {name}"


def test_the_plugins_import_nothing_from_the_tests() -> None:
    assert [file.name for file in plugin_files() if any("tests" in name.split(".") for name in imports(file))] == []


# -- each file -------------------------------------------------------------------------------------------------------


def names(files: t.Iterable[pathlib.Path]) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in files]


def begins_with_its_licence(file: pathlib.Path) -> bool:
    lines = [line for line in read(file).splitlines()[:6] if not line.startswith(("#!", "# -*-"))]
    return lines[:2] == [SPDX, LICENCE] and (file not in HELPERS or lines[2] == PRIVATE)


def test_every_plugin_file_begins_with_its_licence() -> None:
    assert names(file for file in plugin_files() if not begins_with_its_licence(file)) == []


def test_every_helper_is_private_and_says_what_it_is_for() -> None:
    assert names(file for file in HELPERS if not any(x.startswith("_") for x in file.relative_to(PLUGINS).parts)) == []
    assert names(file for file in HELPERS if not ast.get_docstring(parsed(read(file)))) == []


def too_long(files: t.Iterable[pathlib.Path], most: int) -> list[str]:
    return names(file for file in files if len(read(file).splitlines()) > most)


def test_every_file_stays_short() -> None:
    modules = sorted((PLUGINS / "modules").glob("*.py"))
    assert too_long(modules, MOST_LINES_OF_A_MODULE) == []
    assert too_long(set(plugin_files()) - set(modules), MOST_LINES) == []
    assert too_long(TEST_FILES, MOST_LINES_OF_A_TEST) == []


# Without one of these in its text, no file has an assertion of that kind.
MOMENTS = ("time.", ".began", ".ended")


def asserts_elapsed_time(text: str) -> bool:
    """Whether an assertion compares how much real time has passed; a deadline that is waited for is none."""
    return any(moment in text for moment in MOMENTS) and any(
        isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub) and any(map(is_a_moment, ast.walk(part)))
        for node in ast.walk(parsed(text))
        if isinstance(node, ast.Assert)
        for part in ast.walk(node.test)
    )


def is_a_moment(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.value.id == "time"
    return isinstance(node, ast.Attribute) and node.attr in ("began", "ended")


def test_no_test_asserts_how_long_something_took() -> None:
    assert names(file for file in TEST_FILES if asserts_elapsed_time(read(file))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("assert time.monotonic() - began < 3", True),
        ("assert 3 >= round(time.perf_counter() - began)", True),
        ("assert seen.ended - seen.began < 12", True),
        ("assert time.monotonic() < deadline", False),
        ("assert clock.monotonic() - began == 30", False),
        ("left = deadline - time.monotonic()", False),
    ],
)
def test_an_assertion_of_elapsed_time_would_be_found(text: str, found: bool) -> None:
    assert asserts_elapsed_time(text) is found


def test_every_source_names_its_licence() -> None:
    sources = (".py", ".sh", ".yml", ".yaml", ".toml")
    nameless = [
        path
        for path, text in every_text()
        if path.endswith(sources) and text.strip() and SPDX not in "\n".join(text.splitlines()[:4])
    ]
    # antsibull-changelog writes that one.
    assert [path for path in nameless if path != "changelogs/changelog.yaml"] == []


# -- what must not stand anywhere ------------------------------------------------------------------------------------

# A path of somebody's machine tells readers nothing and fails on theirs. [o]: so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w./$})~-])/(?:r[o]ot|w[o]rk|h[o]me)/")
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}")
# An access key is 20 capitals and digits, a secret key 40 letters and digits.
ACCESS_KEY = re.compile(r"(?<![A-Za-z0-9+/=_-])(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{20}(?![A-Za-z0-9+/=_-])")
SECRET_KEY = re.compile(
    r"(?<![A-Za-z0-9+/=_-])(?=[A-Za-z]*[0-9])(?=[A-Z0-9]*[a-z])(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{40}(?![A-Za-z0-9+/=_-])"
)
FAKE = re.compile(r"EXAMPLE|FAKE|DEMO|TEST|EMULATED|NOTREAL|(.)\1{5}", re.IGNORECASE)
# The pair in the signing example of the service's own guide.
PUBLISHED = {"QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc"}


def test_no_path_of_a_machine() -> None:
    assert [path for path, text in every_text() if MACHINE_PATH.search(text)] == []


def test_no_secret_that_looks_real() -> None:
    found = [
        f"{path}: {hit.group()[:8]}..."
        for path, text in every_text()
        for rule in (ACCESS_KEY, SECRET_KEY, PRIVATE_KEY)
        for hit in rule.finditer(text)
        if hit.group() not in PUBLISHED and not FAKE.search(hit.group())
    ]
    assert found == []


@pytest.mark.parametrize("secret", ["ab3defgh1jklmn0pqrst".upper(), "5LkJiH4" + "ab3Def" * 5 + "Xyz"])
def test_a_secret_that_looks_real_would_be_found(secret: str) -> None:
    assert (ACCESS_KEY.search(f'key: "{secret}"') or SECRET_KEY.search(f'key: "{secret}"')) and not FAKE.search(secret)


def test_the_developers_guide_names_every_room_and_the_files_in_it() -> None:
    guide, files = read(ROOT / "docs" / "development.md"), read(ROOT / "docs" / "files.md")
    assert [room for room in ROOMS[1:] if f"`{room}/`" not in guide] == []
    told = [str(file.relative_to(UTILS)) for file in sorted(UTILS.rglob("*.py"))]
    assert [file for file in told if f"| `{file}` |" not in files] == []
