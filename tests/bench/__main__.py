# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench``: prints what was measured; the exit status is 1 when a bound is broken."""

from __future__ import annotations

import sys

from tests.bench.measure import measure

if __name__ == "__main__":
    sys.exit(measure())
