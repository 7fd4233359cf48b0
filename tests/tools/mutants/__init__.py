# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks the plugins in one small place at a time, and sees whether a test notices."""
