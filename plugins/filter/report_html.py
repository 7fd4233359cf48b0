# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The result of a migration as a page for people."""

from __future__ import annotations

import datetime
import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import moment
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report import page

DOCUMENTATION = r"""
name: report_html
short_description: Show the result of an image migration as one HTML page
version_added: 1.0.0
description:
  - Makes one self-contained page from what M(huaweicloud.ims.ims_image_migration) returned, with totals, every failure
    and its reason, a timeline of the copies in their slots, and a table of all copies.
  - The page loads nothing from anywhere and runs no script. It can be read on a phone and printed.
author:
  - The huaweicloud.ims maintainers (@huaweicloud-ims)
positional: _input
options:
  _input:
    description:
      - The result of M(huaweicloud.ims.ims_image_migration), or a report that the role
        P(huaweicloud.ims.image_migration#role) wrote.
    type: dict
    required: true
  title:
    description:
      - Heading of the page. If not set, it names the regions.
    type: str
  generated_at:
    description:
      - Time of the report, in UTC, such as V(2026-03-01T12:00:00Z). Copies that are under way are drawn until then.
      - If not set, it is what the report says, and else the present time.
    type: str
seealso:
  - module: huaweicloud.ims.ims_image_migration
"""

EXAMPLES = r"""
- name: Copy images
  huaweicloud.ims.ims_image_migration:
    source_region: cn-north-4
    query: "[?tags.env=='prod']"
    destinations:
      - region: cn-south-1
        agency_name: ims_copy_image
  register: migration

- name: Show people what came of it
  ansible.builtin.copy:
    content: "{{ migration | huaweicloud.ims.report_html(title='Golden images, spring') }}"
    dest: "{{ playbook_dir }}/migration.html"
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The page.
  type: str
"""


def report_html(report: t.Any, title: t.Optional[str] = None, generated_at: t.Optional[str] = None) -> str:
    """:raises AnsibleFilterError: if it is no result of a migration, or ``generated_at`` is no time"""
    if not isinstance(report, t.Mapping):
        raise AnsibleFilterError(
            f"report_html takes the result of ims_image_migration, a dictionary, not a {type(report).__name__}"
        )
    entries = report.get("results")
    if entries is None and "msg" not in report and "error" not in report:
        raise AnsibleFilterError("report_html takes the result of ims_image_migration, and this one has no results")
    if entries is not None and not (isinstance(entries, list) and all(isinstance(one, t.Mapping) for one in entries)):
        raise AnsibleFilterError("report_html takes the result of ims_image_migration, whose results are dictionaries")
    if generated_at is not None and moment(generated_at) is None:
        raise AnsibleFilterError(f"generated_at must look like 2026-03-01T12:00:00Z, not {generated_at!r}")
    when = moment(generated_at) or moment(report.get("generated_at")) or datetime.datetime.now(datetime.timezone.utc)
    return page(report, when, title)


class FilterModule:
    def filters(self) -> t.Dict[str, t.Callable[..., t.Any]]:
        return {"report_html": report_html}
