# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The clients of one run: one connection and one proof, and on demand a client per service, region and project."""

from __future__ import annotations

import typing as t

from .. import _clock as clocks
from .._model import place as places
from .auth import Client, KeyProof, Proof, Scope, TokenProof
from .connection import Connection
from .hiding import Secrets
from .iam import Iam
from .ims import Ims
from .transport import Transport


class Cloud:
    """Everything that can be asked, as one caller."""

    def __init__(
        self, connection: Connection, clock: clocks.Clock, home_region: str, secrets: t.Optional[Secrets] = None
    ) -> None:
        """``home_region``: whose IAM endpoint to use where the endpoint depends on a region.

        ``secrets``: those of the run, to which fetched tokens are added.
        """
        self.clock = clock
        self._connection = connection
        self._transport = Transport(
            clock,
            request_timeout=connection.request_timeout,
            max_retries=connection.max_retries,
            verify=connection.verify,
            secrets=secrets,
        )
        self._proof: Proof = (
            KeyProof(connection, clock) if connection.uses_keys else TokenProof(connection, self._transport, clock)
        )
        if connection.assume_role is not None:
            # Most callers are who they are.
            from .assumed import AssumedProof

            caller = Client(
                self._transport, self._proof, connection.iam_url(home_region), Scope(home_region), service="IAM"
            )
            self._proof = AssumedProof(connection.assume_role, caller, clock, secrets or Secrets())
        self._ims: t.Dict[t.Tuple[str, str], Ims] = {}
        self.iam = Iam(
            Client(self._transport, self._proof, connection.iam_url(home_region), Scope(home_region), service="IAM")
        )

    @property
    def max_retries(self) -> int:
        """How many times a request may be sent again."""
        return self._connection.max_retries

    def ims(self, region: str, project: places.Project) -> Ims:
        """The image service of a region, as seen from one project."""
        key = (region, project.id)
        if key not in self._ims:
            scope = Scope(region, project.id, project.name)
            client = Client(self._transport, self._proof, self._connection.ims_url(region), scope, service="IMS")
            self._ims[key] = Ims(client, region, project.id)
        return self._ims[key]

    def until(self, deadline: t.Optional[clocks.Deadline]) -> None:
        """From now on, what says nothing else is not asked again after that."""
        self._transport.until = deadline

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Cloud:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
