# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The result of a migration as what a page for people shows."""

from __future__ import annotations

import datetime
import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.huaweicloud.ims.plugins.module_utils._clock import moment
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report import view
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report_shape import oddity
from ansible_collections.huaweicloud.ims.plugins.plugin_utils._report_words import escaped

DOCUMENTATION = r"""
name: report_view
short_description: Prepare the result of an image migration for a page that people read
version_added: 1.0.0
description:
  - Computes from what M(huaweicloud.ims.ims_image_migration) returned everything that a report shows, in words and in
    the order in which people want to know it, so that a template has nothing left to decide. Failures come first.
  - The role P(huaweicloud.ims.image_migration#role) fills its C(report.html.j2) with it; a template of your own gets
    the same.
author:
  - The huaweicloud.ims maintainers (@huaweicloud-ims)
positional: _input
options:
  _input:
    description:
      - The result of M(huaweicloud.ims.ims_image_migration), or a report that the role
        P(huaweicloud.ims.image_migration#role) wrote. With a key C(check_mode) that is true it is shown as a plan.
    type: dict
    required: true
  title:
    description:
      - Heading of the page. If not set, it names the regions.
    type: str
  html:
    description:
      - Whether every string is escaped, so that it can be nothing but text in HTML, between tags and in a quoted
        attribute alike. Names of images come from outside, and Ansible's templates do not escape by themselves, not
        even with C({% autoescape true %}).
    type: bool
    default: false
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

# templates/mail.txt.j2:
#   {{ view.title }}
#   {% for copy in view.rows %}
#   {{ copy.outcome }}: {{ copy.source.name }} to {{ copy.place }} {{ copy.duration or '' }}
#   {% endfor %}
- name: Show people what came of it
  ansible.builtin.template:
    src: mail.txt.j2
    dest: "{{ playbook_dir }}/mail.txt"
    mode: "0600"
  vars:
    view: "{{ migration | huaweicloud.ims.report_view(title='Golden images, spring') }}"
"""

RETURN = r"""
_value:
  description: What the page shows. Every value is a string unless something else is said; what is not known is null.
  type: dict
  contains:
    plan:
      description: Whether nothing has been done yet, as the report is one of check mode.
      type: bool
    title:
      description: Heading of the page.
      type: str
      sample: "Image migration: cn-north-4 → cn-south-1, cn-east-3"
    own_title:
      description: Whether the heading is the one that was given, so that it may not name the regions.
      type: bool
    journey:
      description: The regions.
      type: str
      sample: cn-north-4 → cn-south-1, cn-east-3
    generated_at:
      description: Time of the report, for machines.
      type: str
      sample: "2026-03-01T12:00:00Z"
    generated:
      description: Time of the report, for people.
      type: str
      sample: 2026-03-01 12:00:00 UTC
    totals:
      description: The numbers that count.
      type: list
      elements: dict
      contains:
        kind:
          description: V(total), V(size), V(time), or an outcome as in RV(_value.rows[].kind).
          type: str
        number:
          description: The number.
          type: str
          sample: 3.0 GiB
        words:
          description: What is counted.
          type: str
          sample: copied, of 12.0 GiB in all
    failures:
      description: What failed and why, or null where nothing did.
      type: dict
      contains:
        title:
          description: How many failed.
          type: str
          sample: One copy failed
        first:
          description: The first ten of the RV(_value.rows) that failed.
          type: list
          elements: dict
        more:
          description: The rest of them.
          type: list
          elements: dict
    banner:
      description: What concerns the whole, or null.
      type: dict
      contains:
        failed:
          description: Whether the migration as a whole failed.
          type: bool
        title:
          description: What there is to say.
          type: str
          sample: "Not finished: 1 under way"
        text:
          description: What it means; absent on failure.
          type: str
        reasons:
          description: As RV(_value.rows[].reasons); on failure alone.
          type: list
          elements: dict
    timeline:
      description: The copies in the slots in which they ran, or null where none has begun.
      type: dict
      contains:
        begin:
          description: When the first copy began.
          type: str
        end:
          description: When the last one ended, or the time of the report.
          type: str
        width:
          description: How wide the drawing has to be, in pixels; V(0) where it fits any screen.
          type: int
        ticks:
          description: Marks of the axis, with C(left) in percent of the width, C(label), and C(turned) (bool) where
            there is no room to the right.
          type: list
          elements: dict
        lanes:
          description: For each slot the list of its copies, with C(left) and C(width) in percent of the width,
            C(number) (int) of the row, C(kind), C(source), C(place), and C(facts) in words.
          type: list
          elements: list
    rows:
      description: Every copy, failures first.
      type: list
      elements: dict
      contains:
        number:
          description: Its number, from 1.
          type: int
        kind:
          description:
            - What it came to, V(failed), V(in_progress), V(not_started), V(skipped), V(copied), V(updated), V(present),
              or V(unknown) for a status of a later release; in a plan V(to_copy) as well.
          type: str
        outcome:
          description: The same in words.
          type: str
          sample: Brought in line
        progress:
          description: Percent of a copy that is under way, or null.
          type: int
        source:
          description: The source image, C(name) and C(id); the id is null where nothing else is known of it.
          type: dict
        place:
          description: Region of the destination, and its project if it is not the region's own.
          type: str
          sample: cn-south-1 (cn-south-1_apps)
        replica:
          description: C(name), where it is not that of the source, C(id), and C(job) of a copy that is under way or
            failed.
          type: dict
        size:
          description: Size of the source image.
          type: str
          sample: 3.0 GiB
        duration:
          description: How long the copy took, or has been taking.
          type: str
          sample: "8:30"
        attempts:
          description: How often it was submitted.
          type: int
        reasons:
          description: Why it failed or was left out, each with C(message), C(hint), and C(facts), a list of C(label)
            and C(value).
          type: list
          elements: dict
        notes:
          description: What else is worth knowing.
          type: list
          elements: str
    lines:
      description: A line for each copy that something was done about, or would be, and one that counts the others.
      type: list
      elements: str
      sample:
        - "Would be copied: \"ubuntu-22.04-web\" to cn-south-1, 3.0 GiB"
        - "Present: 3 of 4"
"""


def report_view(
    report: t.Any, title: t.Optional[str] = None, html: bool = False, generated_at: t.Optional[str] = None
) -> t.Dict[str, t.Any]:
    """:raises AnsibleFilterError: if it is no result of a migration, or not any more, or ``generated_at`` is no time"""
    wanted = "report_view takes the result of ims_image_migration"
    if not isinstance(report, t.Mapping):
        raise AnsibleFilterError(f"{wanted}, a dictionary, not a {type(report).__name__}")
    if report.get("results") is None and "msg" not in report and "error" not in report:
        raise AnsibleFilterError(f"{wanted}, and this one has no results")
    odd = oddity(report)
    if odd is not None:
        raise AnsibleFilterError(f"{wanted}, and this one was changed: {odd}")
    if generated_at is not None and moment(generated_at) is None:
        raise AnsibleFilterError(f"generated_at must look like 2026-03-01T12:00:00Z, not {generated_at!r}")
    when = moment(generated_at) or moment(report.get("generated_at")) or datetime.datetime.now(datetime.timezone.utc)
    shown = view(report, when, title)
    return t.cast("t.Dict[str, t.Any]", escaped(shown)) if html else shown


class FilterModule:
    def filters(self) -> t.Dict[str, t.Callable[..., t.Any]]:
        return {"report_view": report_view}
