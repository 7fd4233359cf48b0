# SPDX-License-Identifier: GPL-3.0-or-later
"""``make parity``: the real cloud and the emulator are asked the same, and what they answer is compared.

With credentials in the environment, as the modules take them, the real cloud is asked. Without any a second emulator on
per-region ports stands in for it. Reads alone, unless COPY and TO name an image and a region: then one copy is made,
and removed. The exit status is 1 when both cannot be right.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import sys
import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils import _errors as errors
from tests.emulator.testing import running
from tests.parity import keeping
from tests.parity.compare import Finding, Outcome, compare
from tests.parity.open_points import OPEN_POINTS
from tests.parity.sides import Side, of_emulator, way
from tests.parity.steps import new_name, play

# Any of them says that somebody means a real cloud.
CREDENTIALS = ("HW_ACCESS_KEY", "HUAWEICLOUD_SDK_AK", "HW_USER_NAME", "HW_AUTH_TOKEN", "HW_PROFILE")


def told(real: t.Sequence[Outcome], findings: t.Sequence[Finding], notes: t.Mapping[int, str]) -> str:
    """What people read."""
    lines = ["What was asked, and how it ended:"]
    lines += [f"  {one.step:<24} {one.said}" for one in real]
    lines += ["", "Both cannot be right:" if any(one.differs for one in findings) else "Nothing contradicts."]
    lines += [f"  {one.step}: {one.text}" for one in findings if one.differs]
    if any(not one.differs for one in findings):
        lines += ["", "Seen on one side alone:", *(f"  {one.step}: {one.text}" for one in findings if not one.differs)]
    lines += ["", "Open points:"]
    lines += [f"  {number}. {text}: {notes.get(number, 'still open')}" for number, text in OPEN_POINTS.items()]
    return "\n".join(lines)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__)
    parser.add_argument("--region", default="cn-north-4", help="whose images are read")
    parser.add_argument("--agency", help="the agency to look at, and to copy with")
    parser.add_argument("--copy", metavar="IMAGE_ID", help="the image of which one copy is made and removed")
    parser.add_argument("--to", metavar="REGION", help="where to")
    parser.add_argument("--interval", type=float, default=10, help="seconds between looks at the job")
    parser.add_argument("--keep", action="store_true", help="keep what was exchanged, without secrets and names")
    return parser


def real_side(parser: argparse.ArgumentParser) -> Side | None:
    """The real cloud as the environment and the command line have it; None without credentials."""
    given = parser.parse_args()
    if bool(given.copy) != bool(given.to) or (given.copy and not given.agency):
        parser.error("a copy needs COPY=image_id, TO=region and AGENCY=name")
    if not any(os.environ.get(name) for name in CREDENTIALS):
        return None
    try:
        connection = way(os.environ)
    except errors.InputError as error:
        parser.error(error.message)
    return Side("real", connection, given.region, given.interval, given.agency, given.copy, given.to)


def main() -> int:
    parser = arguments()
    real = real_side(parser)
    with contextlib.ExitStack() as stack:
        if real is None:
            print("No credentials are in the environment: a second emulator stands in for the real cloud.\n")
            other = stack.enter_context(running(time_scale=2000, region_ports=True))
            real = of_emulator(other, "second-emulator", by_port=True)
        emulator = of_emulator(stack.enter_context(running(time_scale=2000)), "emulator", like=real)
        name = new_name()
        answers, notes = play(real, name)
        expected, _notes = play(emulator, new_name())
    findings = compare(answers, expected)
    print(told(answers, findings, notes))
    if parser.parse_args().keep:
        try:
            print(f"\nKept in {keeping.keep(real, answers, name, datetime.date.today())}")
        except keeping.Telling as telling:
            print(f"\n{telling}")
            return 1
    return 1 if any(one.differs for one in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
