# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Paths in options: blanks around one are no part of it, wherever it comes from."""

from __future__ import annotations

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


def _is_path(option: t.Optional[Options]) -> bool:
    return option is not None and option.get("type") == "path"


def _path(value: t.Any) -> t.Any:
    """A folder may be called by a year; what cannot be a path the check of the type refuses."""
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else value
