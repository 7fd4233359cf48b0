# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are paths, as they come from playbooks."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._entry import paths

SPEC: dict[str, dict[str, t.Any]] = {"folder": {"type": "path"}, "name": {"type": "str"}}


@pytest.mark.parametrize(
    ("given", "path"),
    [(" ~/notes\n", "~/notes"), (2026, "2026"), (" ", ""), (None, None), (True, True), (["a"], ["a"])],
)
def test_a_path_is_text_without_blanks_around_it(given: t.Any, path: t.Any) -> None:
    assert paths.trimmed({"folder": given, "name": " x "}, SPEC) == {"folder": path, "name": " x "}


@pytest.mark.parametrize("params", [None, "text", [{"folder": " a "}]])
def test_what_is_no_options_at_all_is_left_to_ansible(params: t.Any) -> None:
    assert paths.trimmed(params, SPEC) == params
