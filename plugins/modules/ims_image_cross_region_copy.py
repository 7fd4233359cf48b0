#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ims_image_cross_region_copy
short_description: Copy a private image to another region of Huawei Cloud
version_added: 1.0.0
description:
  - Makes sure that a private image of the Image Management Service (IMS) exists exactly once in another region, and
    that it is a copy of the right source.
  - Checks what can be checked before anything is submitted, submits the copy at most once, waits for its job,
    verifies the finished replica, and brings its description, tags and memory limits in line.
  - Can be run again at any time. A finished replica is recognised by its origin, which the service writes on it, and
    a copy that an earlier run began is waited for and not begun again.
author:
  - The huaweicloud.ims maintainers (@huaweicloud-ims)
requirements: ['jmespath >= 1.0, for O(image_query)']
extends_documentation_fragment:
  - huaweicloud.ims._connection
  - huaweicloud.ims._attributes
  - huaweicloud.ims._copying
  - huaweicloud.ims._replica
attributes:
  check_mode:
    support: full
    details:
      - All lookups and checks are made; only the requests that change something are left out, and nothing is waited
        for.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  image_id:
    description:
      - ID of the source image.
      - Exactly one of O(image_id), O(image_name) and O(image_query) is required.
    type: str
  image_name:
    description:
      - Name of the source image. Exactly one own private image of the source project must have this name.
      - Exactly one of O(image_id), O(image_name) and O(image_query) is required.
    type: str
  image_query:
    description:
      - JMESPath expression that chooses the source image among the own images of the source project, in the shape and
        with the functions of O(huaweicloud.ims.ims_image_info#module:query). It must give exactly one.
      - Exactly one of O(image_id), O(image_name) and O(image_query) is required.
    type: str
  destination_region:
    description:
      - Region to copy the image to. It must be another one than O(source_region).
    type: str
    required: true
  destination_project_name:
    description:
      - Name of the project in the destination. If not set, it is that of the region itself, O(destination_region).
    type: str
  agency_name:
    description:
      - Name of an IAM agency of the same account that is delegated to the cloud service IMS and may write images in the
        destination project.
    type: str
    required: true
  name:
    description:
      - Name of the replica. If not set, it is that of the source image.
    type: str
  vault_id:
    description:
      - ID of a CBR vault in the destination. Full-ECS images need one.
    type: str
  job_id:
    description:
      - ID of the job of a copy that was submitted earlier. It is taken up rather than looked for, and nothing is
        submitted.
    type: str
  wait:
    description:
      - Whether to wait until the replica is finished. Without waiting, the description in the request is all that the
        replica gets; its tags and memory limits are brought in line by a later run.
    type: bool
    default: true
  resume:
    description:
      - The result of an earlier run of this module that was RV(cut_short). Its job is taken up, and the time that it
        spent counts towards O(wait_timeout). What is asked for is what this task says.
    type: dict
seealso:
  - name: Replicating an image across regions
    description: The API call behind this module.
    link: https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0628.html
"""

EXAMPLES = r"""
- name: Copy an image to Guangzhou and wait for it
  huaweicloud.ims.ims_image_cross_region_copy:
    image_name: ubuntu-22.04-web
    source_region: cn-north-4
    destination_region: cn-south-1
    agency_name: ims_copy_image

- name: Delete the replica of an image that is gone itself, once the check mode has shown which image that is
  huaweicloud.ims.ims_image_cross_region_copy:
    image_id: 465076de-dc36-4aec-80f5-ef9d8009428f
    source_region: cn-north-4
    destination_region: cn-south-1
    agency_name: ims_copy_image
    state: absent

- name: Copy the newest Ubuntu
  huaweicloud.ims.ims_image_cross_region_copy:
    image_query: "sort_by([?matches(name, '^ubuntu-')], &created_at)[-1]"
    source_region: cn-north-4
    destination_region: cn-south-1
    agency_name: ims_copy_image

- name: Copy an image under another name, with the tags of the source and one more, into a sub-project
  huaweicloud.ims.ims_image_cross_region_copy:
    image_id: 465076de-dc36-4aec-80f5-ef9d8009428f
    source_region: cn-north-4
    destination_region: cn-south-1
    destination_project_name: cn-south-1_apps
    agency_name: ims_copy_image
    name: golden-web
    description: nightly golden image
    copy_tags: true
    tags:
      origin: beijing

- name: Submit a copy and do something else meanwhile
  huaweicloud.ims.ims_image_cross_region_copy:
    image_name: ubuntu-22.04-web
    source_region: cn-north-4
    destination_region: cn-south-1
    agency_name: ims_copy_image
    wait: false
  register: submitted

- name: Take the submitted copy up and wait for it
  huaweicloud.ims.ims_image_cross_region_copy:
    image_name: ubuntu-22.04-web
    source_region: cn-north-4
    destination_region: cn-south-1
    agency_name: ims_copy_image
    job_id: "{{ submitted.job.id | default(omit) }}"
"""

RETURN = r"""
action:
  description:
    - What this run did, or would do in check mode. V(submitted) if it submitted a copy, V(updated) if it only altered
      the replica, V(waited) if it only waited for a copy that an earlier run began, and V(none) otherwise. With
      O(state=absent) it is V(deleted) or V(none).
  returned: always
  type: str
  sample: submitted
image:
  description:
    - The replica, or null where there is none yet.
  returned: always
  type: dict
  contains: &image
    id:
      description: ID of the image.
      type: str
      sample: 7f0c1d52-3a4e-4a1b-9a53-0e6e7b0c9a11
    name:
      description: Name of the image.
      type: str
      sample: golden-web
    region:
      description: Region of the image.
      type: str
      sample: cn-south-1
    project_id:
      description: ID of the project that owns the image.
      type: str
      sample: 89abcdef0123456789abcdef01234567
    status:
      description: V(queued) or V(saving) while it is made, V(active) when it can be used, V(killed) when it failed.
      type: str
      sample: active
    size_bytes:
      description: Size of the image file in bytes, or null where the service does not say.
      type: int
      sample: 3221225472
    min_disk:
      description: Smallest disk of a server made from the image, in GB.
      type: int
      sample: 40
    min_ram:
      description: Smallest memory of a server made from the image, in MB.
      type: int
      sample: 0
    max_ram:
      description: Largest memory of a server made from the image, in MB; 0 is without a limit.
      type: int
      sample: 0
    os_type:
      description: Kind of operating system.
      type: str
      sample: Linux
    os_version:
      description: Version of the operating system.
      type: str
      sample: Ubuntu 22.04 server 64bit
    platform:
      description: Distribution or family of the operating system.
      type: str
      sample: Ubuntu
    architecture:
      description: Architecture, where the service says it.
      type: str
      sample: x86
    disk_format:
      description: Format of the image file.
      type: str
      sample: zvhd2
    image_type:
      description: V(private), V(shared), V(gold) (public) or V(market).
      type: str
      sample: private
    env_type:
      description:
        - What the image is for, such as V(FusionCompute) (system disk), V(DataImage), V(IsoImage) or V(Ironic).
      type: str
      sample: FusionCompute
    encrypted:
      description: Whether the image is encrypted.
      type: bool
      sample: false
    iso:
      description: Whether the image was created from an ISO file.
      type: bool
      sample: false
    full_ecs:
      description: Whether the image is a full-ECS image.
      type: bool
      sample: false
    protected:
      description: Whether the image is protected from deletion.
      type: bool
      sample: false
    origin:
      description: The image that this one is a copy of, or null.
      type: dict
      contains:
        region:
          description: Region of the source image.
          type: str
          sample: cn-north-4
        image_id:
          description: ID of the source image.
          type: str
          sample: 465076de-dc36-4aec-80f5-ef9d8009428f
    tags:
      description: Tags of the image.
      type: dict
      sample:
        env: prod
    description:
      description: Description of the image.
      type: str
      sample: nightly golden image
    created_at:
      description: When the image was created, in UTC.
      type: str
      sample: "2026-03-01T12:00:41Z"
    enterprise_project_id:
      description: ID of the enterprise project of the image.
      type: str
      sample: "0"
source_image:
  description:
    - The source image, or null where it was not found.
  returned: always
  type: dict
  contains: *image
removed:
  description:
    - With O(state=absent), the images that were deleted, or would be in check mode.
  returned: always
  type: list
  elements: dict
  contains: *image
job:
  description:
    - The job of the copy as it was last seen, or null where none is known.
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
preflight:
  description:
    - The checks, in a fixed order. Where nothing has to be submitted, a broken rule is a warning and what matters
      only to a submission is unknown.
  returned: always
  type: list
  elements: dict
  contains:
    check:
      description: Name of the check, as in O(skip_checks).
      type: str
      sample: source_size
    status:
      description: V(pass), V(fail), V(warn), or V(unknown) where the caller may not look or it does not matter.
      type: str
      sample: pass
    code:
      description: The code that the service would have answered, where there is one, or null.
      type: str
      sample: IMG.0146
    message:
      description: What was found.
      type: str
      sample: 3.0 GiB is within the limit of 300 GiB
    hint:
      description: What to do about it, where the rule is broken, or null.
      type: str
      sample: Delete at least 1 there, or have the quota raised to at least 101.
attempts:
  description:
    - How often this copy has been submitted, in the runs that this one carries on from as well.
  returned: always
  type: int
  sample: 1
started_at:
  description:
    - When the copy was submitted, in UTC, or null where this is not known. Of a copy that another run submitted, its
      job or its note tell.
  returned: always
  type: str
  sample: "2026-03-01T12:00:40Z"
refused_since:
  description:
    - Since when the service has had no slot for the copy, in UTC, or null.
  returned: always
  type: str
  sample: null
waited_since:
  description:
    - Since when this run, or one that it carries on from, waits for a copy that another run submitted, in UTC, or null.
  returned: always
  type: str
  sample: null
cut_short:
  description:
    - Whether the module came back because O(run_for) passed, so that a later run has to carry on.
  returned: always
  type: bool
  sample: false
waited:
  description:
    - How long the module took, most of it waiting, in seconds.
  returned: always
  type: float
  sample: 132.4
error:
  description:
    - What went wrong.
  returned: failure
  type: dict
  contains:
    stage:
      description:
        - Where it went wrong, one of V(input), V(connect), V(authenticate), V(source), V(destination), V(preflight),
          V(plan), V(submit), V(wait), V(verify), V(update) and V(delete).
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
    - Whether the failure is that O(wait_timeout) passed. The copy itself goes on.
  returned: failure
  type: bool
  sample: false
msg:
  description:
    - How it ended, in a sentence.
  returned: always
  type: str
  sample: '"golden-web" has been copied to cn-south-1 as image 7f0c1d52-3a4e-4a1b-9a53-0e6e7b0c9a11'
diff:
  description:
    - What is looked after on the replica, before and after.
  returned: with C(--diff)
  type: dict
  contains:
    before:
      description:
        - Name, region, project, origin, description, memory limits and tags before; empty where there is no replica.
      type: dict
      sample: {}
    after:
      description: The same after this run, or as it will be.
      type: dict
      sample:
        name: golden-web
"""

import typing as t

from ..module_utils._client.connection import connection_spec
from ..module_utils._clock import Clock
from ..module_utils._entry.copy_one import copy_one
from ..module_utils._entry.glue import Module, Result
from ..module_utils._entry.options import one_copy_spec
from ..module_utils._entry.run_options import run_spec, state_spec

# The ways to say which image is meant.
SOURCES = ("image_id", "image_name", "image_query")


def argument_spec() -> Result:
    return {
        **connection_spec(),
        **run_spec(),
        **one_copy_spec(),
        "wait": {"type": "bool", "default": True},
        "resume": {"type": "dict"},
        "image_query": {"type": "str"},
        **state_spec(),
    }


def build() -> Module:
    return Module(
        argument_spec=argument_spec(),
        mutually_exclusive=[SOURCES],
        required_one_of=[SOURCES],
        supports_check_mode=True,
    )


def run(module: Module, clock: t.Optional[Clock] = None) -> None:
    """Exits or fails the module."""
    if module.params["state"] == "absent":
        # Few runs delete, and only they load this.
        from ..module_utils._entry.remove_one import remove_one

        remove_one(module, clock)
    else:
        copy_one(module, clock)


def main() -> None:
    run(build())


if __name__ == "__main__":
    main()
