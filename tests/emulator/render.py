# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An image as the service words it at the moment: which words stand for true, which attributes are numbers."""

from __future__ import annotations

import typing as t

from .seed_images import Raw
from .state import Image
from .switches import Switches

# Flags that are sent as words, in a case that differs from image to image. `protected` is documented as a boolean.
_WORD_FLAGS = frozenset(
    {
        "__isregistered",
        "__whole_image",
        "__lazyloading",
        "__support_kvm",
        "__support_xen",
        "__support_arm",
        "__support_amd",
        "__is_config_init",
        "__system_support_market",
        "hw_vif_multiqueue_enabled",
    }
)
_NUMBERS = ("__image_size", "min_disk", "min_ram", "max_ram", "size")


def rendered(image: Image, switches: Switches, seen: Raw | None = None) -> Raw:
    """A copy of the raw attributes (or of what is ``seen`` of them), worded as the switches say."""
    raw = dict(image.raw if seen is None else seen)
    raw["tags"] = list(raw.get("tags") or [])
    _booleans(raw, switches.choice("booleans"))
    _sizes(raw, switches.choice("sizes"))
    shared_out = raw.get("__imagetype") == "shared" and image.owner == image.project_id
    if shared_out and switches.choice("shared_out_as") == "private":
        raw["__imagetype"] = "private"
    return raw


def is_true(value: t.Any) -> bool:
    """Whatever the service may have written for true."""
    return str(value).lower() == "true"


def _booleans(raw: Raw, how: str) -> None:
    if how == "mixed":
        return
    for name in _WORD_FLAGS & raw.keys():
        truth = is_true(raw[name])
        raw[name] = {"lower": str(truth).lower(), "upper": str(truth), "native": truth}[how]


def _sizes(raw: Raw, how: str) -> None:
    if how == "mixed":
        return
    for name in _NUMBERS:
        value = raw.get(name)
        if value is None:
            continue
        if how == "string":
            raw[name] = str(value)
        elif str(value).isdigit():
            raw[name] = int(value)
