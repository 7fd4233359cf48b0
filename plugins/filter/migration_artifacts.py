# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is kept of the result of a migration for those who come after: replicas, counts, and what is left to do."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.phases import DONE
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine.resume import lean
from ansible_collections.huaweicloud.ims.plugins.module_utils._result.summary import replicas_of

DOCUMENTATION = r"""
name: migration_artifacts
short_description: Keep of the result of an image migration what comes after it needs
version_added: 1.0.0
description:
  - Takes from what M(huaweicloud.ims.ims_image_migration) returned the ids of the replicas, how many copies ended how,
    and what is left to do, in as few words as a later run needs to carry on.
  - The role P(huaweicloud.ims.image_migration#role) sets them with M(ansible.builtin.set_stats), so that AWX keeps them
    as the artifacts of a job and hands them to the next node of a workflow.
author:
  - The huaweicloud.ims maintainers (@huaweicloud-ims)
positional: _input
options:
  _input:
    description: The result of M(huaweicloud.ims.ims_image_migration), whether it failed or not.
    type: dict
    required: true
  resume:
    description: What that run was to carry on from. It stays what is left to do where the run could list no copies.
    type: list
    elements: dict
    default: []
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

- name: Hand on which replica has which id
  ansible.builtin.set_stats:
    data: "{{ migration | huaweicloud.ims.migration_artifacts }}"
    aggregate: false
"""

RETURN = r"""
_value:
  description: Variables for those who come after.
  type: dict
  contains:
    image_migration_counts:
      description: How many copies ended how.
      type: dict
    image_migration_finished:
      description: Whether nothing is left to wait for or to begin.
      type: bool
    image_migration_replica_ids:
      description: From the name of a source image to the region, to the ID of its replica there.
      type: dict
    image_migration_replicas:
      description: Each replica that there is, of whatever run.
      type: list
      elements: dict
      contains:
        source_name:
          description: Name of the source image.
          type: str
          sample: ubuntu-22.04-web
        source_id:
          description: ID of the source image.
          type: str
        region:
          description: Region of the replica.
          type: str
          sample: cn-south-1
        project_name:
          description: Project of the replica.
          type: str
          sample: cn-south-1
        replica_name:
          description: Name of the replica.
          type: str
          sample: ubuntu-22.04-web
        replica_id:
          description: ID of the replica.
          type: str
    image_migration_unfinished:
      description:
        - What is under way, not begun or failed, as O(huaweicloud.ims.ims_image_migration#module:resume) takes it.
      type: list
      elements: dict
"""

Told = t.Mapping[str, t.Any]


def migration_artifacts(run: t.Any, resume: t.Optional[t.Sequence[Told]] = None) -> t.Dict[str, t.Any]:
    """The artifacts of a run; see the documentation of the filter.

    :raises AnsibleFilterError: for what no migration has returned
    """
    if not isinstance(run, t.Mapping):
        raise AnsibleFilterError("migration_artifacts takes the result of ims_image_migration, which is a dictionary")
    results = [told for told in run.get("results") or () if isinstance(told, t.Mapping)]
    left = [told for told in results or resume or () if isinstance(told, t.Mapping) and told.get("status")]
    return {
        "image_migration_counts": dict(run.get("counts") or {}),
        "image_migration_finished": bool(run.get("finished")),
        "image_migration_replica_ids": replicas_of(results),
        "image_migration_replicas": [_replica(told) for told in results if _is_there(told)],
        "image_migration_unfinished": [lean(told) for told in left if told["status"] not in (*DONE, "skipped")],
    }


def _is_there(told: Told) -> bool:
    return told.get("status") in DONE and bool((told.get("image") or {}).get("id"))


def _replica(told: Told) -> t.Dict[str, t.Any]:
    source, image = told.get("source_image") or {}, told["image"]
    return {
        "source_name": source.get("name"),
        "source_id": source.get("id"),
        "region": told.get("destination_region"),
        "project_name": told.get("destination_project_name"),
        "replica_name": image.get("name"),
        "replica_id": image["id"],
    }


class FilterModule:
    """For Ansible."""

    def filters(self) -> t.Dict[str, t.Callable[..., t.Any]]:
        return {"migration_artifacts": migration_artifacts}
