# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shows how one copy goes while its module waits for it; the work stays in the module."""

from __future__ import annotations

from ansible_collections.huaweicloud.ims.plugins.plugin_utils._watching import Result, WatchingAction


class ActionModule(WatchingAction):
    MODULE = "huaweicloud.ims.ims_image_cross_region_copy"

    def to_do(self, look: Result) -> bool:
        return bool(look.get("action", "none") != "none")
