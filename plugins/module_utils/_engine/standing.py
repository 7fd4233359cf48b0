# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""What events tell of a copy, from what is known about it."""

from __future__ import annotations

import typing as t

from .copy import Copy
from .teller import Standing


def standing_of(copy: Copy, refusal: t.Optional[t.Dict[str, t.Any]] = None) -> Standing:
    """``refusal``: why the service has just put the copy off."""
    request, source, attempt = copy.request, copy.plan.source, copy.attempt
    waiting = copy.refused_since is not None
    error = attempt.error if copy.attempt_failed and attempt is not None else copy.error
    return Standing(
        status=copy.status,
        copy={
            "source": {
                "id": source.id if source is not None else request.image_id,
                "name": source.name if source is not None else request.image_name,
                "region": request.source_region,
                "size_bytes": source.size_bytes if source is not None else None,
            },
            "destination": {
                "region": request.destination.region,
                "project_name": request.destination.project_name,
            },
            "replica": {
                "id": copy.image.id if copy.image is not None else None,
                "name": copy.name or None,
            },
        },
        attempt=copy.attempts,
        job=copy.job.id if copy.job is not None else None,
        percent=copy.job.progress if copy.job is not None else None,
        began=copy.began,
        error=error.as_error() if error is not None else None,
        refusal=(refusal or {}) if waiting else None,
        submitted=copy.submitted,
        warnings=tuple(copy.warnings),
    )
