# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The documentation of the options that say what a replica is to be like, of one copy or of all of a migration."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  description:
    description:
      - Description of the replica, kept in line on every run. If not set, the description is left alone.
      - At most 1024 characters, without line breaks, V(<) and V(>).
    type: str
  tags:
    description:
      - Tags of the replica, at most 10. Tags of the replica that are not named here stay, unless O(purge_tags=true).
      - If not set, V({}).
    type: dict
  copy_tags:
    description:
      - Whether the replica gets the tags of the source image first. Those in O(tags) win over them.
      - If not set, V(false).
    type: bool
  purge_tags:
    description:
      - Whether tags of the replica that come neither from O(tags) nor by O(copy_tags) are removed.
      - If not set, V(false).
    type: bool
  min_ram:
    description:
      - Smallest memory of a server made from the replica, in MB, kept in line on every run. If not set, it is left
        alone.
    type: int
  max_ram:
    description:
      - Largest memory of a server made from the replica, in MB, kept in line on every run; V(0) is without a limit.
        If not set, it is left alone.
    type: int
  match:
    description:
      - What makes an image in the destination count as the replica.
      - With V(name_and_origin) it has the wanted name and its origin is the source image. An image of that name and of
        another origin is in the way, and the copy is refused.
      - With V(origin) its origin is the source image, whatever it is called.
      - With V(name) it has the wanted name, wherever it comes from.
      - If not set, V(name_and_origin).
    type: str
    choices:
      - name_and_origin
      - origin
      - name
  size_limit:
    description:
      - Largest image that is submitted, in GiB. If not set, it is what the service documents, 300 when both regions
        are of V(cn-north-4), V(cn-east-2), V(cn-east-3) and V(cn-south-1), and 128 otherwise.
    type: float
  skip_checks:
    description:
      - Names of checks to leave out. The service has the last word all the same.
      - All but V(replica_like_source) are made before a copy is submitted. That one compares the finished replica
        with its source in operating system, architecture, kind, size and smallest disk.
      - If not set, none is left out.
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
"""
