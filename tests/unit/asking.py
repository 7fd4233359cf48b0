# SPDX-License-Identifier: GPL-3.0-or-later
"""An image service that answers as a script says: images and pages in its words."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.ims import Ims
from tests.unit.support import Server, answer

Asked = t.Callable[..., tuple[Ims, Server]]


def raw(number: int, **attributes: t.Any) -> dict[str, t.Any]:
    return {"id": f"i{number}", "name": f"n{number}", "owner": "me", "__imagetype": "private", **attributes}


def page(*images: dict[str, t.Any], **more: t.Any) -> t.Any:
    return answer(200, {"images": list(images), **more})
