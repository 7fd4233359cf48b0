# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""How seldom Python looks for cycles, where much is made and hardly any are."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Of thousands of images nothing is a cycle, nor of the hundred files that are parsed to send a module: with what
    is usual, everything that is loaded is walked through over and over meanwhile, and nothing is found."""
    gc.set_threshold(100_000, 50, 100)
