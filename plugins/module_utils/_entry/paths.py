# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Paths in options: blanks around one are no part of it, wherever it comes from."""

from __future__ import annotations

import os
import stat
import typing as t

from ansible.module_utils.basic import env_fallback

Options = t.Mapping[str, t.Any]


def trimmed(params: t.Any, spec: t.Mapping[str, Options]) -> t.Any:
    """The same options with every path as text without blanks around it: before them Ansible knows no ``~``."""
    if not isinstance(params, dict):
        return params
    return {name: _path(value) if _is_path(spec.get(name)) else value for name, value in params.items()}


def path_env_fallback(*names: str) -> str:
    """Ansible's ``env_fallback`` for a path: an empty variable is an answer."""
    return str(env_fallback(*names)).strip()


def why_not(path: t.Optional[str]) -> t.Optional[str]:
    """Why nothing can be noted at ``path`` from the start, so that nobody waits for what never comes; None: it can."""
    if not path:
        return None
    if "\0" in path:
        return "cannot be a path"
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.isdir(path):
        return "is a folder"
    if os.path.exists(path) and stat.S_ISFIFO(os.stat(path).st_mode):
        return "is a pipe"
    if not os.path.isdir(folder):
        return f"is in a folder that does not exist, {folder}"
    return None if os.access(path if os.path.exists(path) else folder, os.W_OK) else "cannot be written"


def _is_path(option: t.Optional[Options]) -> bool:
    return option is not None and option.get("type") == "path"


def _path(value: t.Any) -> t.Any:
    """A folder may be called by a year; what cannot be a path the check of the type refuses."""
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else value
