#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# What is documented here is an action plugin: it has no part that runs on a target.

from __future__ import annotations

DOCUMENTATION = r"""
module: image_migration_report
short_description: Write the report of the role image_migration
version_added: 1.0.0
description:
  - Writes a report under a name with its time, such as C(report-20260301T120000Z.json), and puts it in the place of
    C(report.json). A report without entries, of a run that failed before it knew its copies, does not take the place
    of one that has some.
  - Every file is written beside its place and moved there as a whole.
  - The role P(huaweicloud.ims.image_migration#role) uses it, and it is of no use without that. It may change in any
    release.
options:
  folder:
    description: Folder on the controller. It is made if it is not there, for its owner alone.
    type: path
    required: true
  report:
    description: The report. With it, C(report.json) is written; without it, the page is put in place.
    type: dict
  page:
    description: The page that has been made meanwhile, as it was returned for the report.
    type: path
  in_place:
    description: Whether the page takes the place of C(report.html), as it was returned for the report.
    type: bool
  keep:
    description: How many reports stay under their times; with V(0) all of them.
    type: int
  spare:
    description: Path of a report that stays in any case.
    type: path
author:
  - The huaweicloud.ims maintainers (@huaweicloud-ims)
attributes:
  action:
    description: Runs on the controller.
    support: full
  async:
    description: Can be used with the C(async) keyword.
    support: none
  check_mode:
    description: Does the same in check mode, as a plan is a report too.
    support: full
  diff_mode:
    description: Has nothing to show.
    support: none
  idempotent:
    description: Every report is a new one. That one is written does not count as a change.
    support: none
seealso:
  - module: huaweicloud.ims.image_migration_variables
"""

EXAMPLES = r"""
- name: Write the report for machines
  huaweicloud.ims.image_migration_report:
    folder: /srv/migrations
    report: "{{ report }}"
  register: written

- name: Put the page in place that was made meanwhile
  huaweicloud.ims.image_migration_report:
    folder: /srv/migrations
    page: "{{ written.page }}"
    in_place: "{{ written.in_place }}"
    keep: 10
"""

RETURN = r"""
data:
  description: Path of the report under its time.
  returned: with O(report)
  type: str
  sample: /srv/migrations/report-20260301T120000Z.json
page:
  description: Path where the page is to be made, and without O(report) of the one that people are to read.
  returned: success
  type: str
  sample: /srv/migrations/report-20260301T120000Z.html
in_place:
  description: Whether it took the place of C(report.json).
  returned: with O(report)
  type: bool
  sample: true
"""
