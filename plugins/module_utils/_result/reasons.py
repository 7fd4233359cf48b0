# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Why a copy failed or was left out, each thing said once; pure, on the plain dict of its entry."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._decide.facts import FAIL, Check


def reason_of(entry: t.Mapping[str, t.Any]) -> str:
    """The checks that failed, each with its way out; where none did, what the error says."""
    failed = [check for check in entry.get("preflight") or () if check.get("status") == FAIL]
    if not failed or errors.error_of(entry).stage != "preflight":
        return errors.error_of(entry).as_text()
    return " ".join(
        Check(
            check=str(check.get("check")),
            status=FAIL,
            message=str(check.get("message")),
            code=check.get("code"),
            hint=check.get("hint"),
        ).told
        for check in failed
    )
