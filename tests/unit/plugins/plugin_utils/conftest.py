# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugins on a stage of their own."""

from __future__ import annotations

import pathlib
import time
import types
import typing as t

import pytest
from ansible import constants as C
from ansible import context
from ansible.utils.context_objects import CLIArgs

from ansible_collections.huaweicloud.ims.plugins.action import ims_image_migration
from ansible_collections.huaweicloud.ims.plugins.plugin_utils import _screen
from tests.unit.task_stage import DONE, GIVEN, PLAN, WHOLE, Result, Stage, Task


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    display = types.SimpleNamespace(display=lambda text, stderr: texts.append(text))
    monkeypatch.setattr(_screen, "Display", lambda: display)
    return texts


@pytest.fixture
def perform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, said: list[str]
) -> t.Callable[..., tuple[t.Any, Stage]]:
    """An action plugin on a stage of its own."""
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({}))

    def make(
        look: Result | None = None, result: t.Any = WHOLE, kind: t.Any = ims_image_migration, **given: t.Any
    ) -> tuple[t.Any, Stage]:
        stage = Stage(look or PLAN, DONE if result is WHOLE else result, tmp_path)
        how = {key: given.pop(key) for key in ("async_val", "check_mode") if key in given}
        stage.task = Task({**GIVEN, **given}, **how)
        shell = types.SimpleNamespace(tmpdir=str(tmp_path / "module"))
        connection = types.SimpleNamespace(transport="local", become=None, _shell=shell)
        action = kind.ActionModule(stage.task, connection, None, None, None, None)
        monkeypatch.setattr(action, "_execute_module", stage.execute)
        monkeypatch.setattr(time, "sleep", stage.sleep)
        return action, stage

    return make
