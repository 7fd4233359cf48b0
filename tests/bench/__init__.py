# SPDX-License-Identifier: GPL-3.0-or-later
"""How long migrations take and what they ask for, measured on the clock of the embedded cloud."""
