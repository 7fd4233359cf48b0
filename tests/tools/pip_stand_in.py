# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives ansible-test its pip from the package index: it would fetch a script from a host that not all networks reach.

Run by the Python that has ansible-test: ``pip_stand_in.py HOME`` writes HOME/.ansible/test/cache/get_pip_<version>.py.
"""

from __future__ import annotations

import importlib.util
import pathlib
import re
import subprocess
import sys

SCRIPT = '''\
"""Does what get-pip.py does, with the pip wheel that lies beside it."""
import sys

WHEEL = {wheel!r}
DROPPED = ("--no-setuptools", "--no-wheel")

sys.path.insert(0, WHEEL)
from pip._internal.cli.main import main

arguments = [WHEEL if word.startswith("pip==") else word for word in sys.argv[1:] if word not in DROPPED]
sys.exit(main(["install", "--upgrade", "--force-reinstall"] + arguments))
'''


def wanted_version() -> str:
    """The pip that this ansible-test insists on."""
    package = importlib.util.find_spec("ansible_test")
    assert package is not None and package.submodule_search_locations
    folder = pathlib.Path(package.submodule_search_locations[0])
    text = (folder / "_internal" / "python_requirements.py").read_text(encoding="utf-8")
    found = re.search(r"\bpip='([0-9.]+)'", text)
    if found is None:
        sys.exit("This ansible-test does not say which pip it wants.")
    return found.group(1)


def main() -> None:
    version = wanted_version()
    cache = pathlib.Path(sys.argv[1]).resolve() / ".ansible" / "test" / "cache"
    script = cache / f"get_pip_{version.replace('.', '_')}.py"
    if script.exists():
        return
    cache.mkdir(parents=True, exist_ok=True)
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(cache)]
    subprocess.run([*download, f"pip=={version}"], check=True)
    wheel = next(cache.glob(f"pip-{version}-*.whl"))
    script.write_text(SCRIPT.format(wheel=str(wheel)), encoding="utf-8")


if __name__ == "__main__":
    main()
