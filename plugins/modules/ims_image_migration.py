#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ims_image_migration
short_description: Copy many private images to other regions of Huawei Cloud
version_added: 1.0.0
description:
  - Makes sure that many private images of the Image Management Service (IMS) exist exactly once in one or more other
    regions, each proven to be a copy of the right source.
  - Plans the whole list first, keeps the service's slots full until everything is copied, and reports every image and
    destination; the failure of one neither stops nor hides the others.
  - Can be run again at any time. It does what is left to do, and waits for copies that an earlier run began.
author:
  - The huaweicloud.ims maintainers (@huaweicloud-ims)
requirements: ['jmespath >= 1.0, for O(query)']
extends_documentation_fragment:
  - huaweicloud.ims._connection
  - huaweicloud.ims._attributes
  - huaweicloud.ims._copying
  - huaweicloud.ims._replica
attributes:
  check_mode:
    support: full
    details:
      - All lookups and checks are made, and the result is the plan; only the requests that change something are left
        out, and nothing is waited for.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  images:
    description:
      - The images to copy. Each is copied to every one of the O(destinations).
      - What an image says of itself wins over what the options of the migration say of all, such as O(copy_tags).
    type: list
    elements: dict
    default: []
    suboptions:
      image_id:
        description:
          - ID of the source image.
          - Exactly one of O(images[].image_id) and O(images[].image_name) is required.
        type: str
      image_name:
        description:
          - Name of the source image. Exactly one own private image of the source project must have this name.
          - Exactly one of O(images[].image_id) and O(images[].image_name) is required.
        type: str
      name:
        description:
          - Name of the replica. If not set, O(name_template) makes it.
        type: str
      description:
        description:
          - As O(description), for this image alone. If not set, that one holds.
        type: str
      tags:
        description:
          - As O(tags), for this image alone. If not set, those hold. They replace those of O(tags) and are not added to
            them, so that with V({}) this image has none.
        type: dict
      copy_tags:
        description:
          - As O(copy_tags), for this image alone. If not set, that one holds.
        type: bool
      purge_tags:
        description:
          - As O(purge_tags), for this image alone. If not set, that one holds.
        type: bool
      min_ram:
        description:
          - As O(min_ram), for this image alone. If not set, that one holds.
        type: int
      max_ram:
        description:
          - As O(max_ram), for this image alone. If not set, that one holds.
        type: int
      match:
        description:
          - As O(match), for this image alone. If not set, that one holds.
        type: str
        choices:
          - name_and_origin
          - origin
          - name
      size_limit:
        description:
          - As O(size_limit), for this image alone. If not set, that one holds.
        type: float
      skip_checks:
        description:
          - As O(skip_checks), for this image alone, in place of those of O(skip_checks). If not set, those hold.
        type: list
        elements: str
        choices:
          - regions_differ
          - source_region
          - source_project
          - source_found
          - source_own
          - source_private
          - source_active
          - source_not_encrypted
          - source_not_iso
          - source_size
          - full_ecs_vault
          - windows
          - name
          - description
          - tags
          - destination_region
          - destination_project
          - agency_exists
          - agency_delegated
          - agency_permitted
          - quota
          - replica_like_source
      job_id:
        description:
          - ID of the job of a copy that was submitted earlier, where there is one destination. It is taken up rather
            than looked for, and nothing is submitted.
        type: str
  query:
    description:
      - JMESPath expression over the own images of the source project, in the shape and with the functions of
        O(huaweicloud.ims.ims_image_info#module:query). The images that it gives are copied as well, each once,
        with the options of all images, such as O(copy_tags).
      - An image that is also in O(images) is copied as it is described there.
    type: str
  destinations:
    description:
      - Where to copy the images to.
    type: list
    elements: dict
    required: true
    suboptions:
      region:
        description:
          - Region to copy the images to. It must be another one than O(source_region).
        type: str
        required: true
      project_name:
        description:
          - Name of the project in the destination. If not set, it is that of the region itself.
        type: str
      agency_name:
        description:
          - Name of an IAM agency of the same account that is delegated to the cloud service IMS and may write images in
            the destination project.
        type: str
        required: true
      vault_id:
        description:
          - ID of a CBR vault in the destination. Full-ECS images need one.
        type: str
  name_template:
    description:
      - How the replicas are called that O(images[].name) does not name. It may hold C({name}), C({id}) and the date
        C({source_created}), such as 2026-01-03, of the source image, C({source_region}) and C({destination_region}).
      - If not set, replicas are called as their sources are, as with V({name}).
    type: str
  max_concurrent:
    description:
      - How many copies are under way at a time. The service takes five for the whole account, whoever submits them.
      - A copy that is waited for no longer, as its O(wait_timeout) is over, does not count, though it may go on.
    type: int
    default: 5
  order:
    description:
      - In which order copies are submitted. With V(largest_first) the whole takes the least time.
    type: str
    default: largest_first
    choices:
      - largest_first
      - as_listed
  on_preflight_failure:
    description:
      - What to do when a check fails, when something is in the way, or when several entries would make the same
        replica, before the first copy.
      - With V(fail) nothing at all is submitted. With V(skip) those copies are left out and the rest is done.
    type: str
    default: fail
    choices:
      - fail
      - skip
  on_copy_failure:
    description:
      - What to do when a copy fails.
      - With V(continue) all others are done. With V(stop) no further one is submitted, and those under way are waited
        for.
    type: str
    default: continue
    choices:
      - continue
      - stop
  max_attempts:
    description:
      - How often a copy is submitted when its job fails.
    type: int
    default: 1
  resume:
    description:
      - The RV(results) of an earlier run, or some of them. Its jobs are taken up, and attempts are counted on.
      - With neither O(images) nor O(query) its images are those of this run, and what was asked for is asked for again
        (RV(results[].options), RV(results[].shared_options)). What this run says of all images, such as O(match), takes
        the place of what was said of all then. Results that do not tell what was asked for are refused, and so are
        those of another source region; beside O(images) or O(query) these say nothing.
    type: list
    elements: dict
    default: []
  retry_failed:
    description:
      - Whether copies that failed in the run that O(resume) tells of are tried again.
    type: bool
    default: true
seealso:
  - module: huaweicloud.ims.ims_image_cross_region_copy
"""

EXAMPLES = r"""
- name: Copy two images to two regions
  huaweicloud.ims.ims_image_migration:
    source_region: cn-north-4
    images:
      - image_name: ubuntu-22.04-web
      - image_name: debian-12-db
        name: golden-db
        copy_tags: true
    destinations:
      - region: cn-south-1
        agency_name: ims_copy_image
      - region: cn-east-3
        agency_name: ims_copy_image

- name: Copy every Linux image of production, and leave out what cannot be copied
  huaweicloud.ims.ims_image_migration:
    source_region: cn-north-4
    query: "[?os_type=='Linux' && tags.env=='prod']"
    name_template: "{name}-from-{source_region}"
    copy_tags: true
    destinations:
      - region: cn-south-1
        agency_name: ims_copy_image
    on_preflight_failure: skip

- name: Work on a long migration for an hour
  huaweicloud.ims.ims_image_migration:
    source_region: cn-north-4
    query: "[?status=='active']"
    destinations:
      - region: cn-south-1
        agency_name: ims_copy_image
    on_preflight_failure: skip
    run_for: 3600
  register: first_hour

- name: Carry on with what is left, which is asked for as it was before
  huaweicloud.ims.ims_image_migration:
    source_region: cn-north-4
    resume: "{{ first_hour.results }}"
    destinations:
      - region: cn-south-1
        agency_name: ims_copy_image
  when: not first_hour.finished

- name: Take it all back, once a check has shown what would go
  huaweicloud.ims.ims_image_migration:
    source_region: cn-north-4
    resume: "{{ first_hour.results }}"
    destinations:
      - region: cn-south-1
        agency_name: ims_copy_image
    state: absent
"""

RETURN = r"""
results:
  description:
    - One entry for each image and destination, in the order in which they were asked for.
  returned: always
  type: list
  elements: dict
  contains:
    label:
      description: How messages name this entry.
      type: str
      sample: images[0] ("ubuntu-22.04-web")
    status:
      description:
        - V(present) if the replica stood already, V(copied) if it was finished by this run or in its time, V(updated)
          if it only had to be brought in line, V(in_progress) and V(not_started) if this run came back before,
          V(skipped) if it was left out, and V(failed). With O(state=absent), V(deleted), or V(absent) where there was
          none.
        - In check mode, V(not_started) with an action of V(submitted) would be copied.
      type: str
      sample: copied
    image_id:
      description: ID of the source image, if it was asked for by its ID.
      type: str
      sample: 465076de-dc36-4aec-80f5-ef9d8009428f
    image_name:
      description: Name of the source image, if it was asked for by its name.
      type: str
      sample: ubuntu-22.04-web
    name:
      description: Name of the replica, or null where the source image is not known.
      type: str
      sample: ubuntu-22.04-web
    source_region:
      description: Region of the source image.
      type: str
      sample: cn-north-4
    source_project_name:
      description: Project of the source image.
      type: str
      sample: cn-north-4
    destination_region:
      description: Region of the replica.
      type: str
      sample: cn-south-1
    destination_project_name:
      description: Project of the replica.
      type: str
      sample: cn-south-1
    options:
      description:
        - What was said of this image itself, such as O(images[].tags), so that these results are all that a run needs
          which carries on (O(resume)).
      type: dict
      sample:
        name: golden-db
    shared_options:
      description: What was said of all images, such as O(match), as far as anything was said.
      type: dict
      sample:
        match: origin
    action:
      description:
        - What this run did, or would do in check mode. V(submitted) if it submitted a copy, V(updated) if it only
          altered the replica, V(waited) if it only waited for a copy that an earlier run began, V(deleted) with
          O(state=absent), and V(none) otherwise.
      returned: always
      type: str
      sample: submitted
    image:
      description:
        - The replica, or null where there is none yet, in the shape of
          RV(huaweicloud.ims.ims_image_info#module:images[]).
      returned: always
      type: dict
    removed:
      description:
        - With O(state=absent), the images that were deleted, or would be, in the shape of
          RV(huaweicloud.ims.ims_image_info#module:images[]).
      returned: always
      type: list
      elements: dict
    source_image:
      description:
        - The source image, or null where it was not found, in the shape of
          RV(huaweicloud.ims.ims_image_info#module:images[]).
      returned: always
      type: dict
    job:
      description:
        - The job of the copy as it was last seen, or null where none is known, in the shape of
          RV(huaweicloud.ims.ims_image_cross_region_copy#module:job).
      returned: always
      type: dict
    preflight:
      description:
        - The checks that did not pass, in a fixed order; RV(results[].preflight_passed) counts the others.
        - Where nothing has to be submitted, a broken rule is a warning, and what matters only to a submission is not
          looked up and not listed.
      returned: always
      type: list
      elements: dict
      contains:
        check:
          description: Name of the check, as in O(images[].skip_checks).
          type: str
          sample: source_size
        status:
          description: V(fail), V(warn), or V(unknown) where the caller may not look.
          type: str
          sample: fail
        code:
          description: The code that the service would have answered, where there is one, or null.
          type: str
          sample: IMG.0146
        message:
          description: What was found.
          type: str
          sample: image 465076de-dc36-4aec-80f5-ef9d8009428f has 130.0 GiB, the limit is 128 GiB
        hint:
          description: What to do about it, where the rule is broken, or null.
          type: str
          sample: Delete at least 1 there, or have the quota raised to at least 101.
    preflight_passed:
      description: How many checks passed.
      returned: always
      type: int
      sample: 21
    error:
      description: What went wrong, or null.
      returned: always
      type: dict
      contains: &error
        stage:
          description:
            - Where it went wrong, one of V(input), V(connect), V(authenticate), V(source), V(destination),
              V(preflight), V(plan), V(submit), V(wait), V(verify), V(update) and V(delete).
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
      description: Whether it failed because O(wait_timeout) passed. The copy itself goes on.
      returned: always
      type: bool
      sample: false
    attempts:
      description: How often this copy has been submitted, in the runs that this one carries on from as well.
      type: int
      sample: 1
    started_at:
      description: When the copy was submitted, in UTC, or null.
      type: str
      sample: "2026-03-01T12:00:40Z"
    finished_at:
      description: When it was seen to have ended, in UTC, or null.
      type: str
      sample: "2026-03-01T12:09:10Z"
    refused_since:
      description: Since when the service has had no slot for it, in UTC, or null.
      type: str
      sample: null
    waited_since:
      description: Since when a copy is waited for that another run submitted, in UTC, or null.
      type: str
      sample: null
    warnings:
      description: What somebody should know about this copy although it did not fail.
      type: list
      elements: str
      sample: []
replicas:
  description:
    - The replicas that there are, from the name of the source image to the region, to the ID of its replica there.
      Where a region is several destinations, or several images have one name, the first entry of RV(results) counts.
  returned: always
  type: dict
  sample: {ubuntu-22.04-web: {cn-south-1: 7f0c1d52-3a4e-4a1b-9a53-0e6e7b0c9a11}}
counts:
  description:
    - How many entries there are (RV(counts.total)), and how many of each status.
  returned: always
  type: dict
  contains:
    total:
      description: How many entries there are.
      type: int
      sample: 2
    present:
      description: How many replicas stood already.
      type: int
      sample: 1
    copied:
      description: How many were copied.
      type: int
      sample: 1
    updated:
      description: How many were only brought in line.
      type: int
      sample: 0
    deleted:
      description: How many replicas were deleted.
      type: int
      sample: 0
    absent:
      description: How many replicas were not there, and were not to be.
      type: int
      sample: 0
    in_progress:
      description: How many are under way.
      type: int
      sample: 0
    not_started:
      description: How many have not been submitted.
      type: int
      sample: 0
    skipped:
      description: How many were left out.
      type: int
      sample: 0
    failed:
      description: How many failed.
      type: int
      sample: 0
finished:
  description:
    - Whether nothing is under way and nothing is left to be submitted.
    - Under C(async) Ansible itself uses this key and sets it; RV(counts) tells the same there.
  returned: always
  type: bool
  sample: true
cut_short:
  description:
    - Whether the module came back because O(run_for) passed, so that a later run has to carry on.
  returned: always
  type: bool
  sample: false
waited:
  description: How long the module took, most of it waiting, in seconds.
  returned: always
  type: float
  sample: 532.4
error:
  description: What went wrong.
  returned: failure
  type: dict
  contains: *error
timed_out:
  description:
    - Whether the task itself failed by a time-out; each entry has its own.
  returned: failure
  type: bool
  sample: false
msg:
  description:
    - How it ended, in a sentence; on failure it names each copy that failed, and why.
  returned: always
  type: str
  sample: "2 copies: 1 present, 1 copied"
diff:
  description:
    - For each replica that is changed, what is looked after on it, before and after.
  returned: with C(--diff)
  type: list
  elements: dict
  contains:
    before_header:
      description: Which entry it is.
      type: str
      sample: images[0] ("ubuntu-22.04-web")
    after_header:
      description: Which entry it is.
      type: str
      sample: images[0] ("ubuntu-22.04-web")
    before:
      description: What was looked after before; empty where there was no replica.
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
from ..module_utils._entry.glue import Module, Result
from ..module_utils._entry.migrate import migrate
from ..module_utils._entry.options import destination_spec, every_image_spec, listed_image_spec
from ..module_utils._entry.run_options import run_spec, state_spec


def argument_spec() -> Result:
    return {
        **connection_spec(),
        **run_spec(),
        **every_image_spec(),
        "images": {"type": "list", "elements": "dict", "default": [], "options": listed_image_spec()},
        "query": {"type": "str"},
        "destinations": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": destination_spec(),
        },
        "name_template": {"type": "str"},
        "max_concurrent": {"type": "int", "default": 5},
        "order": {"type": "str", "default": "largest_first", "choices": ["largest_first", "as_listed"]},
        "on_preflight_failure": {"type": "str", "default": "fail", "choices": ["fail", "skip"]},
        "on_copy_failure": {"type": "str", "default": "continue", "choices": ["continue", "stop"]},
        "max_attempts": {"type": "int", "default": 1},
        "resume": {"type": "list", "elements": "dict", "default": []},
        "retry_failed": {"type": "bool", "default": True},
        **state_spec(),
    }


def build() -> Module:
    return Module(argument_spec=argument_spec(), supports_check_mode=True)


def run(module: Module, clock: t.Optional[Clock] = None) -> None:
    """Exits or fails the module."""
    if module.params["state"] == "absent":
        # Few runs delete, and only they load this.
        from ..module_utils._entry.remove_many import Removals

        migrate(module, clock, Removals)
    else:
        migrate(module, clock)


def main() -> None:
    run(build())


if __name__ == "__main__":
    main()
