# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of JSON: which keys there are, and of what type; pure."""

from __future__ import annotations

import typing as t

# From the path of a value, such as "images[].name", to the types that stand there.
Shape = dict[str, set[str]]
NAMES = {bool: "true or false", int: "number", float: "number", str: "text", type(None): "null"}


def shape(value: t.Any, path: str = "") -> Shape:
    """All items of a list count as one: what some of them have, they may have."""
    found: Shape = {}
    if isinstance(value, dict):
        found[path] = {"object"}
        for key, inner in value.items():
            _add(found, shape(inner, f"{path}.{key}" if path else key))
    elif isinstance(value, list):
        found[path] = {"list"}
        for inner in value:
            _add(found, shape(inner, f"{path}[]"))
    else:
        found[path] = {NAMES[type(value)]}
    return found


def together(shapes: t.Iterable[Shape]) -> Shape:
    whole: Shape = {}
    for one in shapes:
        _add(whole, one)
    return whole


def _add(whole: Shape, more: Shape) -> None:
    for path, types in more.items():
        whole.setdefault(path, set()).update(types)
