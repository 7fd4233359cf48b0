# SPDX-License-Identifier: GPL-3.0-or-later
"""How hypothesis looks for examples: no test asks how fast a machine is."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
