# -*- coding: utf-8 -*-
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation, and the way from a template to ``plugin_utils/_image_ids.py``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: image_id
short_description: Find the ID of a private image
version_added: 1.0.0
author:
  - The huaweicloud.ims maintainers (@huaweicloud-ims)
description:
  - Gives the ID of an own image of a project, by its name or by a query. Only active images count.
  - It asks on the controller, with what is given here or in the environment of the controller. What C(module_defaults)
    say is for modules alone.
requirements:
  - requests
  - jmespath >= 1.0, for O(query)
extends_documentation_fragment:
  - huaweicloud.ims._connection
options:
  _terms:
    description:
      - Names of images. Each must be that of exactly one image, unless O(newest=true).
    type: list
    elements: str
  region:
    description:
      - Region of the images, such as V(cn-south-1).
    type: str
    env:
      - name: HW_REGION_NAME
  project_name:
    description:
      - Name of the project. If not set, it is that of the region itself, O(region).
    type: str
  query:
    description:
      - JMESPath expression that chooses the image instead of a name, in the shape and with the functions of
        O(huaweicloud.ims.ims_image_info#module:query).
    type: str
  newest:
    description:
      - Whether the newest is meant where there are several images.
    type: bool
    default: false
seealso:
  - module: huaweicloud.ims.ims_image_info
"""

EXAMPLES = r"""
- name: Say from which image servers are started in Guangzhou
  ansible.builtin.debug:
    msg: "{{ lookup('huaweicloud.ims.image_id', 'south-native', region='cn-south-1') }}"

- name: Find the newest of all that a pipeline has made
  ansible.builtin.debug:
    msg: "{{ lookup('huaweicloud.ims.image_id', query=wanted, newest=true, region='cn-north-4') }}"
  vars:
    wanted: "[?matches(name, '^ubuntu-')]"
"""

RETURN = r"""
_raw:
  description:
    - The IDs, one for each name, or the one for the query.
  type: list
  elements: str
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..module_utils import _errors as errors
from ..plugin_utils._image_ids import ids_of


class LookupModule(LookupBase):
    """For Ansible."""

    def run(self, terms: t.List[t.Any], variables: t.Any = None, **given: t.Any) -> t.List[str]:
        self.set_options(var_options=variables, direct=given)  # type: ignore[no-untyped-call]
        trouble = ""
        try:
            told = self.get_options()  # type: ignore[no-untyped-call]
            own = {name: told[name] for name in ("region", "project_name", "query", "newest")}
            # What is not given is looked for in the environment first, as modules do it, and not in the documentation.
            # A list that a variable holds is one term.
            names = [name for term in terms for name in (term if isinstance(term, list) else [term])]
            return ids_of(names, own, {name: value for name, value in given.items() if name not in own})
        except errors.ImsError as error:
            trouble = f"huaweicloud.ims.image_id: {error.as_text()}"
        # Not where the error is handled: there Ansible may add where it comes from, with all that it comes from.
        raise AnsibleLookupError(trouble)
