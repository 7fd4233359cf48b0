# SPDX-License-Identifier: GPL-3.0-or-later
"""A source image and the service that keeps its marks, in memory and on the clock of a test."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import ApiError
from ansible_collections.huaweicloud.ims.plugins.module_utils._model.image import Image
from tests.unit.shapes import source
from tests.unit.support import FakeClock


class MarkedSource:
    """Each update takes so many ``seconds``, or is refused."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.attributes: dict[str, str] = {}
        self.seconds = 0.0
        self.refusal: ApiError | None = None

    def shown(self, image_id: str) -> Image:
        return source(**self.attributes)

    def update(self, image_id: str, patch: t.Sequence[t.Mapping[str, str]]) -> None:
        if self.refusal is not None:
            raise self.refusal
        self._clock.now += self.seconds
        for change in patch:
            self.attributes.pop(change["path"][1:], None)
            if change["op"] != "remove":
                self.attributes[change["path"][1:]] = change["value"]
