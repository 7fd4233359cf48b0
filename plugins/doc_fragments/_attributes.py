# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The documentation of what modules can do: check mode, diff mode, idempotence and the action group."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in check mode and return what it would do, without changing anything.
  diff_mode:
    description: Shows what is changed, or would be changed in check mode, with C(--diff).
  idempotent:
    description: When run twice in a row with the same arguments, the second run does nothing and says so.
  action_group:
    description:
      - Use C(group/huaweicloud.ims.ims) in C(module_defaults) to set the connection options of all modules once.
    membership:
      - huaweicloud.ims.ims
    support: full
"""

    INFO = r"""
attributes:
  check_mode:
    support: full
    details:
      - This module only reads.
  diff_mode:
    support: N/A
    details:
      - This module only reads.
  idempotent:
    support: full
    details:
      - This module only reads.
"""
