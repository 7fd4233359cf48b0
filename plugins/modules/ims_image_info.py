#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ims_image_info
short_description: List the private images of a region of Huawei Cloud
version_added: 1.0.0
description:
  - Lists the own private images of a project, all pages of them, also those that are shared with others.
author:
  - The huaweicloud.ims maintainers (@huaweicloud-ims)
requirements: ['jmespath >= 1.0, for O(query)']
extends_documentation_fragment:
  - huaweicloud.ims._connection
  - huaweicloud.ims._attributes
  - huaweicloud.ims._attributes.info
options:
  region:
    description:
      - Region to look in, such as V(cn-north-4).
      - If not set, the environment variable E(HW_REGION_NAME) is used.
    type: str
    required: true
  project_name:
    description:
      - Name of the project to look in. If not set, it is that of the region itself, O(region).
    type: str
  image_id:
    description:
      - Only the image of this ID.
    type: str
  name:
    description:
      - Only images of exactly this name.
    type: str
  status:
    description:
      - Only images of this status, such as V(active).
    type: str
  os_type:
    description:
      - Only images of this kind of operating system.
    type: str
    choices:
      - Linux
      - Windows
      - Other
  platform:
    description:
      - Only images of this distribution or family, such as V(Ubuntu).
    type: str
  env_type:
    description:
      - Only images for this use, such as V(FusionCompute) (system disk), V(DataImage), V(IsoImage) or V(Ironic).
    type: str
  enterprise_project_id:
    description:
      - Only images of this enterprise project; V(0) is the default one.
    type: str
  tags:
    description:
      - Only images that have all of these tags.
    type: dict
    default: {}
  query:
    description:
      - JMESPath expression over the images that the other options leave, in the shape of RV(images). What it gives is
        in RV(selection), be it images or something that is made of them.
      - C(newest_of(images, &key\)) gives, of all images with the same key, the newest. An image without the key is of
        no family, and left out.
      - C(matches(string, pattern\)) tells whether a regular expression is found in a string, as in Python.
    type: str
seealso:
  - module: huaweicloud.ims.ims_image_migration
"""

EXAMPLES = r"""
- name: List all own images
  huaweicloud.ims.ims_image_info:
    region: cn-north-4

- name: Find large Linux images of production
  huaweicloud.ims.ims_image_info:
    region: cn-north-4
    os_type: Linux
    tags:
      env: prod
    query: "[?size_bytes > `10737418240`]"

- name: List the names of the newest image of each family
  huaweicloud.ims.ims_image_info:
    region: cn-north-4
    query: "newest_of([?matches(name, '^[a-z]+-')], &tags.app)[].name"
"""

RETURN = r"""
selection:
  description:
    - What O(query) gives, whatever it is; null without it.
  returned: always
  type: raw
  sample: ['golden-web']
images:
  description:
    - The images, the oldest first. With O(query) those that it gives whole or by their IDs, in its order.
  returned: always
  type: list
  elements: dict
  contains:
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
from ..module_utils._entry.infos import FILTERS, place_spec, show_images


def argument_spec() -> Result:
    spec: Result = {
        **connection_spec(),
        **place_spec(),
        "image_id": {"type": "str"},
        "name": {"type": "str"},
        **{option: {"type": "str"} for option in FILTERS},
        "tags": {"type": "dict", "default": {}},
        "query": {"type": "str"},
    }
    spec["os_type"]["choices"] = ["Linux", "Windows", "Other"]
    return spec


def build() -> Module:
    return Module(argument_spec=argument_spec(), supports_check_mode=True)


def main() -> None:
    show_images(build())


if __name__ == "__main__":
    main()
