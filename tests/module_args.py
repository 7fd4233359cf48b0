# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller has for a module, for one that is run in the process of a test: on each core that is supported."""

from __future__ import annotations

import contextlib
import json
import typing as t
import unittest.mock

from ansible.module_utils import basic
from ansible.module_utils.common.parameters import PASS_VARS

try:
    from ansible.module_utils.testing import patch_module_args as _patched
except ImportError:
    # Before 2.19 core has none, and says how its own tests do it.
    @contextlib.contextmanager
    def _patched(args: dict[str, t.Any] | None = None) -> t.Iterator[None]:
        before = basic._ANSIBLE_ARGS
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": args or {}}).encode()
        try:
            yield
        finally:
            basic._ANSIBLE_ARGS = before


__all__ = ["as_received", "patch_module_args"]

_SECRETS = "_ansible_new_secrets"


@contextlib.contextmanager
def patch_module_args(args: dict[str, t.Any] | None = None) -> t.Iterator[None]:
    """Since 2.21 a result holds the arguments on demand only, and tests look at them.

    Since 2.22 a module takes SIGUSR1 to be asked where it stands, which is for the main thread of a process to do.
    """
    asked = {"_ansible_inject_invocation": True} if "inject_invocation" in PASS_VARS else {}
    with contextlib.ExitStack() as stack:
        if hasattr(basic, "_debug"):
            stack.enter_context(unittest.mock.patch.object(basic._debug, "register_for_stacktrace", lambda: None))
        stack.enter_context(_patched({**asked, **(args or {})}))
        yield


def as_received(printed: str) -> str:
    """What a module has printed, less what the controller takes out: since 2.22 it is told what to mask itself."""
    if _SECRETS not in printed:
        return printed
    result = json.loads(printed)
    result.pop(_SECRETS, None)
    return json.dumps(result)
