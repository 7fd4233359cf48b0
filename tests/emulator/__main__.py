# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Entry point: ``python -m emulator`` with the tests directory on the path, or ``python -m tests.emulator``."""

from __future__ import annotations

import sys

from .cli import main

sys.exit(main())
