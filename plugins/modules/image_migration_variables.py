#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# What is documented here is an action plugin: it has no part that runs on a target.

from __future__ import annotations

DOCUMENTATION = r"""
module: image_migration_variables
short_description: Read the variables of the role image_migration
version_added: 1.0.0
description:
  - Reads every C(image_migration_*) variable that is set for the host, checks it, and returns what the module
    M(huaweicloud.ims.ims_image_migration) is to be given.
  - Lists and dictionaries may be strings of YAML or JSON, as surveys of AWX and C(-e) on the command line give them.
    An empty string is a question that was not answered, and counts as not given; for a folder it is an answer.
  - Everything that does not fit is named at once, each in a sentence. A variable that only looks like one of the role
    is named in a warning, with the nearest that there is.
  - It is the first task of the role P(huaweicloud.ims.image_migration#role), and of no use without it. It may change
    in any release.
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
    description: Does the same in check mode.
    support: full
  diff_mode:
    description: Has nothing to show.
    support: none
  idempotent:
    description: Changes nothing, however often it runs.
    support: full
seealso:
  - module: huaweicloud.ims.ims_image_migration
"""

EXAMPLES = r"""
- name: Read the variables
  huaweicloud.ims.image_migration_variables:
  register: variables

- name: Show what the module is to be given
  ansible.builtin.debug:
    msg: "{{ variables.options }}"
"""

RETURN = r"""
options:
  description:
    - Options of M(huaweicloud.ims.ims_image_migration), those alone that were given. The connection, which holds
      secrets, is not among them.
  returned: success
  type: dict
  sample:
    source_region: cn-north-4
    images:
      - image_name: ubuntu-22.04-web
    destinations:
      - region: cn-south-1
        agency_name: ims_copy_image
report_dir:
  description: Full path of the folder of the report; empty where there is to be none.
  returned: success
  type: str
  sample: /srv/migrations/image_migration_report
report_template:
  description: The template of the report's page.
  returned: success
  type: str
  sample: report.html.j2
keep_reports:
  description: How many reports stay under their times.
  returned: success
  type: int
  sample: 10
fail_when_unfinished:
  description: Whether a run fails that leaves anything to do.
  returned: success
  type: bool
  sample: false
resume_report:
  description: Full path of the report that is carried on from; empty where there is none.
  returned: success
  type: str
  sample: /srv/migrations/image_migration_report/report.json
"""
