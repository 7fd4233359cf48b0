#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ims_job_info
short_description: Show a job of the image service of Huawei Cloud
version_added: 1.0.0
description:
  - Shows how far a job of the Image Management Service (IMS) is, such as that of a copy across regions.
author:
  - The huaweicloud.ims maintainers (@huaweicloud-ims)
extends_documentation_fragment:
  - huaweicloud.ims._connection
  - huaweicloud.ims._attributes
  - huaweicloud.ims._attributes.info
options:
  region:
    description:
      - Region that the job was submitted in; for a copy that is the region of the source image.
      - If not set, the environment variable E(HW_REGION_NAME) is used.
    type: str
    required: true
  project_name:
    description:
      - Name of the project to look in. If not set, it is that of the region itself, O(region).
    type: str
  job_id:
    description:
      - ID of the job.
    type: str
    required: true
seealso:
  - module: huaweicloud.ims.ims_image_cross_region_copy
"""

EXAMPLES = r"""
- name: See how far a copy is
  huaweicloud.ims.ims_job_info:
    region: cn-north-4
    job_id: ff8080828f0c1a2b018f10a2c3d40001
  register: copy

- name: Show it
  ansible.builtin.debug:
    msg: "{{ copy.job.progress }} %"
  when: copy.job is not none
"""

RETURN = r"""
job:
  description:
    - The job, or null where the service does not know it.
  returned: always
  type: dict
  contains:
    id:
      description: ID of the job.
      type: str
      sample: ff8080828f0c1a2b018f10a2c3d40001
    status:
      description: V(INIT), V(RUNNING), V(SUCCESS), V(FAIL), or what else the service says.
      type: str
      sample: SUCCESS
    progress:
      description: How much of the copy is done, in percent.
      type: int
      sample: 100
    current_task:
      description: What the service is doing.
      type: str
      sample: CrossRegionCopyImageTask
    begin_time:
      description: When the service began, as it says it.
      type: str
      sample: "2026-03-01T12:00:40.100Z"
    end_time:
      description: When the service ended, as it says it, or null.
      type: str
      sample: "2026-03-01T12:09:03.000Z"
    error_code:
      description: Code of the error that ended the job, or null.
      type: str
      sample: IMG.0151
    fail_reason:
      description: What the service says about the error, or null.
      type: str
      sample: agency lacks permission on target project
image_id:
  description:
    - ID of the image that the job makes, or null where the service does not say it yet.
  returned: always
  type: str
  sample: 7f0c1d52-3a4e-4a1b-9a53-0e6e7b0c9a11
image_name:
  description:
    - Name of the image that the job makes, or null where the service does not say it.
  returned: always
  type: str
  sample: golden-web
error:
  description:
    - What went wrong.
  returned: failure
  type: dict
  contains:
    stage:
      description:
        - Where it went wrong, one of V(input), V(connect), V(authenticate), V(source) and V(query).
      type: str
      sample: wait
    code:
      description: The service's code, or null.
      type: str
      sample: IMG.0151
    http_status:
      description: The HTTP status of the service's answer, or null.
      type: int
      sample: 400
    message:
      description: What the service or the module says.
      type: str
      sample: agency lacks permission on target project
    request_id:
      description: The service's id of the request, for a question to its support, or null.
      type: str
      sample: 5f0c1d523a4e4a1b9a530e6e7b0c9a11
    hint:
      description: What to do next, as on the page C(docs/errors.md).
      type: str
      sample: Grant the agency IMS Administrator in the destination project.
timed_out:
  description:
    - Always V(false); the key is there for the sake of all modules of this collection failing alike.
  returned: failure
  type: bool
  sample: false
"""

from ..module_utils._client.connection import connection_spec
from ..module_utils._entry.glue import Module, Result
from ..module_utils._entry.infos import place_spec, show_job


def argument_spec() -> Result:
    return {**connection_spec(), **place_spec(), "job_id": {"type": "str", "required": True}}


def build() -> Module:
    return Module(argument_spec=argument_spec(), supports_check_mode=True)


def main() -> None:
    show_job(build())


if __name__ == "__main__":
    main()
