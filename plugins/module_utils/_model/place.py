# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Where images live and who may write there: projects, agencies and their roles, quotas, destinations."""

from __future__ import annotations

import dataclasses
import typing as t


class Project(t.NamedTuple):
    """A project of the account; ``name`` begins with the id of its region."""

    id: str
    name: str
    domain_id: str
    enabled: bool


class Agency(t.NamedTuple):
    """An agency: ``trust_domain_name`` is whom it trusts."""

    id: str
    name: str
    trust_domain_name: str


class Role(t.NamedTuple):
    """A role or policy: ``name`` is the internal name, ``display_name`` the one that the console shows."""

    name: str
    display_name: str


class Quota(t.NamedTuple):
    """How many private images a project has, and how many it may have."""

    used: int
    limit: int


@dataclasses.dataclass(frozen=True)
class Destination:
    """A region plus a project in it, plus the agency (and vault) that may write there."""

    region: str
    project_name: str
    agency_name: str
    vault_id: t.Optional[str] = None
