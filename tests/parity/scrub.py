# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes out of what was recorded all that says whose it was; what belongs together still does. Pure.

Only texts on which the collection depends stay as they are, by the name of their key, and times. Every other text
has a stand-in, the same wherever it stands, also within paths and messages.
"""

from __future__ import annotations

import json
import re
import typing as t
from urllib.parse import parse_qsl, quote, unquote, urlencode

from tests.parity.exchanges import path_of

# Of values of these keys the service has a list, or they are numbers or times in writing.
KEPT = re.compile(
    r"status|type|visibility|protected|(?:container|disk)_format|min_ram|min_disk|max_ram|os_(?:bit|type|version)|platform"
    r"|architecture|virtual_env_type|created_at|updated_at|active_at|begin_time|end_time|deleted|enabled|error_code|code"
    r"|job_type|region|display_name|catalog|policy|methods|owner_type|hw_\w+"
    r"|__(?:isregistered|imagetype|os_type|os_version|os_bit|platform|virtual_env_type|support_\w+|image_size|image_source_type"
    r"|sequence_num|whole_image|lazyloading|os_feature_list|is_\w+)"
)
# A region, which is everybody's; its project of the same name is, too.
PLACE = re.compile(r"[a-z]{2}-[a-z]+-\d+")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
ROLE = re.compile(r"(?:IMS|IAM|CBR|ECS|Tenant|Security) \w+")
# Of these the path is kept, which is the service's.
LINKS = ("self", "next", "previous", "href", "file", "schema")
# Shorter than that, a text may stand by chance in another one.
TELLING = 6


class Scrubber:
    """One for a whole recording, so that what was the same still is.

    :param known: texts of our own, which name nobody: ids that nobody has, the source region
    """

    def __init__(self, known: t.Iterable[str] = ()) -> None:
        self._known = set(known)
        self._stand_ins: dict[str, str] = {}

    def body(self, value: t.Any, key: str = "") -> t.Any:
        """JSON, without what says whose it is."""
        if isinstance(value, dict):
            return {name: self.body(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.body(inner, key) for inner in value]
        if not isinstance(value, str):
            return value
        if key in LINKS:
            return self.path(path_of(value))
        if self._may_stay(value, key):
            return self.message(value)
        if key == "__data_origin":
            # A kind, a region perhaps, and an id; a replica is known by them.
            kind, *rest = value.split(",")
            return ",".join([kind, *(one if PLACE.fullmatch(one) else self.text(one) for one in rest)])
        return self.message(value) if "message" in key or "msg" in key else self.text(value)

    def path(self, path: str) -> str:
        """A path with its query, as the client would write the stand-ins."""
        plain, mark, query = path.partition("?")
        parts = [quote(self.message(unquote(part)), safe="") for part in plain.split("/")]
        asked = [(name, self.message(value)) for name, value in parse_qsl(query, keep_blank_values=True)]
        return "/".join(parts) + mark + urlencode(asked, quote_via=quote)

    def text(self, value: str) -> str:
        """What stands for a text."""
        if value in self._known or not value:
            return value
        if value not in self._stand_ins:
            number = len(self._stand_ins) + 1
            self._stand_ins[value] = _stand_in(value, number)
        return self._stand_ins[value]

    def message(self, value: str) -> str:
        """A sentence, in which only what would tell is replaced."""
        found = ID.sub(lambda match: self.text(match[0]), value)
        for original, stand_in in sorted(self._stand_ins.items(), key=lambda pair: -len(pair[0])):
            found = found.replace(original, stand_in) if len(original) >= TELLING else found
        return found

    def left_in(self, written: t.Any, secrets: t.Iterable[str]) -> list[str]:
        """What should not be there: secrets, and anything that has a stand-in and is long enough to tell."""
        text = json.dumps(written)
        telling = [one for one in self._stand_ins if len(one) >= TELLING]
        return [one for one in {*telling, *secrets} if one and one not in self._stand_ins.values() and one in text]

    def _may_stay(self, value: str, key: str) -> bool:
        if value in self._known or ID.fullmatch(value):
            return value in self._known
        return bool(KEPT.fullmatch(key) or PLACE.fullmatch(value) or ROLE.fullmatch(value))


def _stand_in(value: str, number: int) -> str:
    if "-" in value and ID.fullmatch(value):
        return f"00000000-0000-4000-8000-{number:012x}"
    return f"{number:032x}" if ID.fullmatch(value) else f"text-{number}"
