# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeded faults: thousands of scenarios against the embedded cloud, judged by its books alone."""
