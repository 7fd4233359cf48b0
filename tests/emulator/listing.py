# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ListImages and GlanceListImages: filters, order and pages (IMS API reference, Querying Images)."""

from __future__ import annotations

import datetime
import itertools
import typing as t

from . import attributes, errors
from .exchange import Answer, Context
from .render import is_true, rendered
from .seed_images import Raw
from .state import Image

SORT_KEYS = ("name", "container_format", "disk_format", "status", "id", "size", "created_at", "updated_at")
# An image, and its attributes as whoever asks sees them.
_Seen = tuple[Image, Raw]
_PAGING = frozenset({"limit", "marker", "sort_key", "sort_dir", "__isregistered", "tag", "member_status"})
_TIMES = ("created_at", "updated_at")
_OPERATORS: dict[str, t.Callable[[t.Any, t.Any], bool]] = {
    "gt": lambda seen, given: bool(seen > given),
    "gte": lambda seen, given: bool(seen >= given),
    "lt": lambda seen, given: bool(seen < given),
    "lte": lambda seen, given: bool(seen <= given),
    "eq": lambda seen, given: bool(seen == given),
    "neq": lambda seen, given: bool(seen != given),
}


def list_images(context: Context) -> Answer:
    cap = int(context.cloud.switches.number("page_limit"))
    images, more = _page(context, default_limit=500, cap=cap)
    body: dict[str, t.Any] = {"images": images}
    if context.cloud.switches.flag("page_info"):
        body["page_info"] = {"next_marker": images[-1]["id"]} if more else {}
    return Answer(200, body)


def glance_list_images(context: Context) -> Answer:
    """The native list: 25 a page, with links (IMS API reference, Querying Images (Native OpenStack API))."""
    images, more = _page(context, default_limit=25, cap=int(context.cloud.switches.number("page_limit")))
    body: dict[str, t.Any] = {"images": images, "first": "/v2/images", "schema": "/v2/schemas/images"}
    if more:
        body["next"] = f"/v2/images?marker={images[-1]['id']}"
    return Answer(200, body)


def _page(context: Context, default_limit: int, cap: int) -> tuple[list[Raw], bool]:
    """A page, and whether there is more. Only what is on it is worded and compared, so that a list of many pages costs
    no more than its images."""
    found = _sorted(context, _visible(context))
    start = _start(context, found)
    limit = min(_limit(context, default_limit), cap)
    fitting = (raw for raw in (_worded(context, one) for one in found[start:]) if _matches(raw, context))
    page = list(itertools.islice(fitting, limit + 1))
    return page[:limit], len(page) > limit


def _visible(context: Context) -> list[_Seen]:
    cloud, project = context.cloud, context.project
    now, lag, what = cloud.now, cloud.switches.number("list_lag"), cloud.switches.choice("lag_of")
    images = [image for image in cloud.images.values() if image.seen_by(project, now)]
    seen = [(image, attributes.lagging(image, now, lag, what)) for image in images]
    return [(image, raw) for image, raw in seen if raw is not None]


def _worded(context: Context, one: _Seen) -> Raw:
    return rendered(one[0], context.cloud.switches, one[1])


def _matches(raw: Raw, context: Context) -> bool:
    registered = context.request.param("__isregistered") or "true"
    if is_true(raw.get("__isregistered", "true")) != is_true(registered):
        return False
    return all(_passes(raw, name, value) for name, value in context.request.query)


def _passes(raw: Raw, name: str, value: str) -> bool:
    """An unknown parameter is a filter on the attribute of that name, as in Glance."""
    if name == "tag":
        return value in raw["tags"]
    if name in _PAGING:
        return True
    if name in _TIMES:
        return _in_time(str(raw.get(name, "")), value)
    if name == "enterprise_project_id":
        return value == "all_granted_eps" or str(raw.get(name, "0")) == value
    seen = raw.get(name)
    if value.lower() in ("true", "false"):
        return is_true(seen) == is_true(value)
    return seen is not None and str(seen) == value


def _in_time(seen: str, given: str) -> bool:
    operator, colon, text = given.partition(":")
    if operator not in _OPERATORS or not colon:
        raise errors.ims("IMG.0001", f"A time is compared as operator:time, not {given}.")
    return _OPERATORS[operator](_time(seen), _time(text))


def _time(text: str) -> datetime.datetime:
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.datetime.strptime(text, form)
        except ValueError:
            continue
    raise errors.ims("IMG.0001", f"{text} is not a time.")


def _sorted(context: Context, found: list[_Seen]) -> list[_Seen]:
    key = context.request.param("sort_key") or "created_at"
    direction = context.request.param("sort_dir") or "desc"
    if key not in SORT_KEYS or direction not in ("asc", "desc"):
        raise errors.ims("IMG.0001", f"Images are not sorted by {key} {direction}.")
    return sorted(found, key=lambda one: (str(one[1].get(key, "")), str(one[1]["id"])), reverse=direction == "desc")


def _start(context: Context, found: list[_Seen]) -> int:
    marker = context.request.param("marker")
    if not marker:
        return 0
    for position, one in enumerate(found):
        if one[1]["id"] == marker and _matches(_worded(context, one), context):
            return position + 1
    raise errors.ims("IMG.0027", f"There is no image {marker} to start after.")


def _limit(context: Context, default: int) -> int:
    text = context.request.param("limit")
    if text is None or text == "":
        return default
    if not text.isdigit() or int(text) < 1:
        raise errors.ims("IMG.0001", f"The limit is a whole number of 1 or more, not {text}.")
    return int(text)
