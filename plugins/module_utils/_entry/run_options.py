# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The options that say how a run goes about its copies, and what is made of them."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from .. import _errors as errors
from .._client import connection
from .._engine import terms
from . import numbers, paths

# The bounds of the times of a run, and whether a time must be above the lower one.
TIMES = (
    ("wait_timeout", 0, numbers.LONGEST_WAIT, " s", False),
    ("wait_interval", 0, 3600, " s", True),
    ("run_for", 0, numbers.LONGEST_WAIT, " s", True),
    ("progress_interval", 0, numbers.LONGEST_WAIT, " s", False),
    ("settle_time", 0, 60, " s", False),
    ("confirm_timeout", 0, numbers.LONGEST_WAIT, " s", False),
)


def run_spec() -> t.Dict[str, t.Any]:
    """The options that say how a run goes about its copies."""
    return {
        "source_region": {
            "type": "str",
            "required": True,
            "fallback": (connection.filled_env_fallback, ["HW_REGION_NAME"]),
        },
        "source_project_name": {"type": "str"},
        "progress_interval": {
            "type": "float",
            "default": 30,
            "fallback": (connection.number_env_fallback, ["HW_IMS_PROGRESS_INTERVAL"]),
        },
        "run_for": {"type": "float"},
        "event_log": {"type": "path"},
        "lease_file": {"type": "path"},
        "wait_timeout": {"type": "int", "default": 10800},
        "wait_interval": {"type": "float", "default": 10},
        "confirm_timeout": {"type": "float", "default": 120},
        "ledger": {"type": "str", "choices": ["host", "cloud", "none"], "default": "host"},
        "settle_time": {"type": "float", "default": 5},
        "state_dir": {
            "type": "path",
            "default": "~/.ansible/huaweicloud.ims",
            "fallback": (paths.path_env_fallback, ["HW_IMS_STATE_DIR"]),
        },
    }


def state_spec() -> t.Dict[str, t.Any]:
    """Whether replicas are to be there or not, and what may not be there any more."""
    return {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "delete_shared": {"type": "bool", "default": False},
    }


def run_options(
    module: AnsibleModule,
    wrong: t.Sequence[str] = (),
    *,
    max_attempts: int = 1,
    skip_refused: bool = False,
    patient_until: t.Optional[float] = None,
    **more: t.Any,
) -> terms.RunOptions:
    """:raises InputError: with every time that cannot be right, after what is known to be wrong already"""
    params = module.params
    problems = list(wrong)
    problems += numbers.problems_of(TIMES, params)
    if why_not := paths.why_not(params["event_log"]):
        problems.append(f"event_log {params['event_log']} {why_not}")
    if problems:
        raise errors.InputError(problems)
    limits = terms.Limits(
        wait_timeout=params["wait_timeout"],
        wait_interval=params["wait_interval"],
        confirm_timeout=params["confirm_timeout"],
        max_attempts=max_attempts,
        skip_refused=skip_refused,
        check_mode=module.check_mode,
        looking=bool(params.get("lease_file")),
        patient_until=patient_until,
    )
    return terms.RunOptions(limits, run_for=params["run_for"], **more)
