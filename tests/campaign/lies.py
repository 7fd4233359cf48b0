# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are not what they should be: what can be said instead of the truth, drawn from a seed; pure."""

from __future__ import annotations

import dataclasses
import json
import random
import typing as t

Path = tuple[t.Any, ...]

# What decides whether an image is there, and whether it counts.
TELLING = (
    "id", "name", "owner", "status", "__imagetype", "visibility", "__data_origin", "images", "job_id", "image_id",
    "entities", "page_info", "next_marker", "tags", "projects", "agencies", "trust_domain_name", "used", "quota",
)  # fmt: skip
HUGE = 1_000_000
# More than the transport takes of one answer, in bytes.
BEYOND = 33 * 1024 * 1024


class Text(str):
    """JSON as it is to be written, whatever that says."""


@dataclasses.dataclass
class Reply:
    """One answer on its way; ``plausible``: it may be true, as far as anybody can tell from what it says. ``once``:
    what it answers has changed something."""

    status: int
    headers: dict[str, str]
    content: bytes
    plausible: bool = False
    what: str = ""
    once: bool = False
    # Ids of images that exist.
    known: t.Sequence[str] = ()


@dataclasses.dataclass
class Lie:
    """What ``times`` answers to an operation become, after ``skip`` true ones; None: all of them."""

    operation: str | None
    kind: str
    seed: int
    skip: int = 0
    times: int | None = 1
    matched: int = 0
    told: list[str] = dataclasses.field(default_factory=list)
    plausible: bool = False

    def meets(self, operation: str | None) -> bool:
        if self.operation not in (None, operation):
            return False
        self.matched += 1
        return self.matched > self.skip and (self.times is None or self.matched <= self.skip + self.times)

    def alter(self, reply: Reply) -> Reply:
        """The same for the same answer, so that a lie stays the same lie for as long as it is told."""
        altered = KINDS[self.kind](random.Random(self.seed), reply, self.matched)
        self.told.append(f"{self.operation or 'any'}: {altered.what}"[:200])
        self.plausible = self.plausible or altered.plausible
        return altered


# -- a place in the document -------------------------------------------------------------------------------------------


def place(dice: random.Random, reply: Reply, number: int) -> Reply:
    """One value of the document is missing, null, of another type or case, huge, nested, or no text at all."""
    document = json.loads(reply.content) if reply.content else {}
    paths = list(places(document))
    if not paths:
        return whole(dice, reply, number)
    path = dice.choice(_telling(dice, document, paths))
    truth = at(document, path)
    if dice.random() < 0.15 and isinstance(path[-1], str):
        written = without(document, path)
        return dataclasses.replace(reply, content=dumped(written), what=f"{named(path)} is missing")
    said, plausible = odd(dice, truth)
    content = dumped(replaced(document, path, said))
    return dataclasses.replace(reply, content=content, plausible=plausible, what=f"{named(path)} is {said!r:.60}")


def _telling(dice: random.Random, document: t.Any, paths: list[Path]) -> list[Path]:
    """Some places, and those more often on which it hangs what is done."""
    if dice.random() < 0.5:
        paths = [path for path in paths if path[-1] in TELLING] or paths
    if dice.random() < 0.5:
        copies = [path for path in paths if len(path) == 3 and "image," in str(at(document, path[:2]))]
        paths = copies or paths
    return paths


def odd(dice: random.Random, truth: t.Any) -> tuple[t.Any, bool]:
    """Something else than the truth, and whether it could be it."""
    values: list[t.Any] = [
        None, True, False, 0, -1, 1.5, 10**30, 10**400, Text("NaN"), Text("Infinity"), Text("-0"), Text("1e999"),
        Text("9" * 5000), "", " ", "x", "null", "\0\x1b[31m", "\u202egnp", "\ud800", "a\udfffb", "..", "a/b?c=d#e",
        "x" * 300, [], {}, [None], [truth], {"a": truth}, [[]], deep(dice.choice((5, 200))), "9999-99-99T99:99:99Z",
    ]  # fmt: skip
    if dice.random() < 0.01:
        values = ["x" * HUGE, [truth] * 10_000, deep(3000)]
    if isinstance(truth, str):
        values += [truth.swapcase(), f" {truth}\n", truth[:-1], truth * 2, truth.encode().hex(), _number(truth)]
    elif isinstance(truth, (int, float)):
        values += [str(truth), f"{truth} ", -truth, float(truth)]
    elif isinstance(truth, dict):
        values += [list(truth.items()), list(truth), json.dumps(truth)]
    elif isinstance(truth, list):
        values += [dict(zip("abc", truth)), truth * 2, [*truth, None], [*truth, 7], [{}, *truth], truth[::-1]]
    said = dice.choice(values)
    return said, _could_be(said, truth)


def _could_be(said: t.Any, truth: t.Any) -> bool:
    if isinstance(said, Text) or said in ("", None):
        return False
    if truth is None:
        return isinstance(said, (str, int, float))
    if isinstance(truth, bool) or isinstance(said, bool):
        return isinstance(said, bool) and isinstance(truth, bool)
    if isinstance(truth, (str, int, float)):
        return isinstance(said, (str, int, float))
    return type(said) is type(truth) and (not truth or bool(said)) and said not in ([None], [[]])


def deep(levels: int) -> Text:
    return Text("[" * levels + "]" * levels)


def extra(dice: random.Random, reply: Reply, number: int) -> Reply:
    """More than was asked for: unknown keys, keys that come twice, items that come twice."""
    document = json.loads(reply.content) if reply.content else {}
    holders = [path for path in [(), *places(document)] if isinstance(at(document, path), (dict, list))]
    path = dice.choice(holders)
    holder = at(document, path)
    if isinstance(holder, list):
        more = [*holder, *holder] if dice.random() < 0.5 else [item for item in holder for _twice in range(2)]
        return dataclasses.replace(
            reply, content=dumped(replaced(document, path, more)), what=f"{named(path)} comes twice"
        )
    if not holder or dice.random() < 0.3:
        added = {f"x{index}": odd(dice, None)[0] for index in range(3)}
        written = replaced(document, path, {**added, **holder})
        return dataclasses.replace(reply, content=dumped(written), what=f"{named(path)} has more keys")
    key = dice.choice(list(holder))
    said, plausible = odd(dice, holder[key])
    pairs = [(key, said), *holder.items()] if dice.random() < 0.5 else [*holder.items(), (key, said)]
    text = "{" + ", ".join(f"{json.dumps(name)}: {_text_of(item)}" for name, item in pairs) + "}"
    written = replaced(document, path, Text(text))
    return dataclasses.replace(
        reply, content=dumped(written), plausible=plausible, what=f"{named(path)} has {key} twice"
    )


# -- the document as a whole -------------------------------------------------------------------------------------------


def whole(dice: random.Random, reply: Reply, number: int) -> Reply:
    """No document, another one, or one that nobody can read."""
    document = reply.content
    contents: dict[str, bytes] = {
        "nothing": b"",
        "blank": b" \r\n\t",
        "null": b"null",
        "a list": b"[]",
        "a list of it": b"[" + (document or b"{}") + b"]",
        "text": b'"ok"',
        "a number": b"0",
        "true": b"true",
        "an empty object": b"{}",
        "NaN": b"NaN",
        "half of it": document[: len(document) // 2],
        "all but the end of it": document[:-1],
        "it twice": document * 2,
        "HTML": b"<html><body>It works!</body></html>",
        "XML": b"<?xml version='1.0'?><error/>",
        "zeros": b"\0" * 100,
        "no text": b"\xff\xfe\xfd" * 9,
        "nested too deep": b"[" * 100_000,
        "nested deep": b"[" * 900 + b"]" * 900,
        "a byte order mark": b"\xef\xbb\xbf" + document,
        "UTF-16": (document or b"{}").decode().encode("utf-16"),
        "UTF-32": (document or b"{}").decode().encode("utf-32"),
        "Latin-1": document.replace(b'"id"', b'"\xe9"'),
        "JSON in a string": json.dumps(document.decode()).encode(),
        "an error": b'{"error": {"code": "IMG.0027", "message": "gone"}}',
        "lines": b"\n".join([document] * 3),
    }
    if dice.random() < 0.01:
        contents = {"endless": b" " * BEYOND}
    what = dice.choice(list(contents))
    return dataclasses.replace(reply, content=contents[what], what=f"the answer is {what}")


def status(dice: random.Random, reply: Reply, number: int) -> Reply:
    """Another kind of success, or of something else than a refusal; now and then with another document as well."""
    said = dice.choice((102, 200, 201, 202, 203, 204, 205, 206, 207, 226, 299, 300, 301, 302, 303, 304, 307, 308, 399))
    if dice.random() < 0.3:
        reply = whole(dice, reply, number)
    return dataclasses.replace(reply, status=said, what=f"{said} {reply.what}")


def headers(dice: random.Random, reply: Reply, number: int) -> Reply:
    """Headers that are missing, wrong, huge, or no text."""
    changes: dict[str, t.Any] = {
        "Content-Type": dice.choice(("text/html", "application/octet-stream", "", "application/json; charset=utf-7")),
        "Content-Length": dice.choice(("0", "1", "999999", "-1", "many", "1" * 5000)),
        "X-Request-Id": dice.choice((None, "", "x" * 60_000, "\x1b[31mred", "\xe9\xff", "a b c")),
        "X-Subject-Token": dice.choice((None, "", " ", "x" * 60_000, "\xe9", "a b", "EmulatedToken")),
        "Retry-After": dice.choice(("99999999", "-1", "soon", "1e999", "Fri, 31 Dec 9999 23:59:59 GMT")),
        "Content-Encoding": dice.choice(("gzip", "deflate", "br", "identity", "x" * 99)),
        "Location": dice.choice(("http://elsewhere.example/", "/", "http://[", "\0")),
        "Date": dice.choice(("Thu, 01 Jan 0000 00:00:00 GMT", "tomorrow", "", "Fri, 31 Dec 99999 23:59:59 GMT")),
        "Set-Cookie": "X-Auth-Token=x; Path=/; Domain=127.0.0.1",
        "Connection": dice.choice(("close", "upgrade", "x" * 999)),
    }
    name = dice.choice([*changes, "X-Subject-Token"])
    said = changes[name]
    changed = {key: value for key, value in reply.headers.items() if key != name}
    if said is not None:
        changed[name] = said
    return dataclasses.replace(reply, headers=changed, what=f"{name} is {said!r:.60}")


def endless(dice: random.Random, reply: Reply, number: int) -> Reply:
    """Always another page, of images or rows that nobody has seen before."""
    document = json.loads(reply.content) if reply.content else {}
    for key, rows in document.items() if isinstance(document, dict) else ():
        if isinstance(rows, list):
            count = dice.choice((1, 2, 50))
            pattern = next((row for row in rows if isinstance(row, dict)), {"name": "x", "status": "active"})
            fresh = [{**pattern, "id": f"{number:08x}-{index}", "name": f"n{number}-{index}"} for index in range(count)]
            written = {**document, key: fresh}
            if dice.random() < 0.5:
                written["page_info"] = {"next_marker": dice.choice((fresh[-1]["id"], f"m{number}", number, "same"))}
            # Others' images are not those that are looked for, and what is not listed may not be there.
            return dataclasses.replace(reply, content=dumped(written), plausible=True, what=f"{key} never ends")
    return place(dice, reply, number)


def refusal(dice: random.Random, reply: Reply, number: int) -> Reply:
    """A refusal, or a fault, that says things that none says. What changes something is only met by what leaves open
    whether it was carried out: a refusal of it that is none, nobody can tell from a true one."""
    said: t.Any = dice.choice(
        (
            {"error": {"code": "IMG.0027", "message": "The image is not there."}},
            {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information", "request_id": "r1"},
            {"code": "IMG.0061", "message": "storage"},
            {"errorCode": "IMG.0147", "errorMsg": "no such region"},
            {"error": {"error": {"error": {"title": "no", "code": 404}}}},
            {"error": []},
        )
    )
    status = dice.choice((408, 499, 500, 502, 503, 504, 599))
    if not reply.once and dice.random() < 0.7:
        status = dice.choice((400, 401, 403, 404, 405, 409, 410, 413, 418, 422, 429, 451))
    if reply.once and isinstance(said.get("code"), str):
        said = {"error": []}
    document = dataclasses.replace(reply, content=dumped(said))
    altered = dice.choice((place, whole, extra))(dice, document, number)
    return dataclasses.replace(altered, status=status, plausible=True, what=f"{status}, {altered.what}")


def job(dice: random.Random, reply: Reply, number: int) -> Reply:
    """A job is said to have ended, or to make another image. The image itself tells whether that is so."""
    document = json.loads(reply.content) if reply.content else {}
    if not isinstance(document, dict) or "job_id" not in document or "status" not in document:
        return place(dice, reply, number)
    entities = dict(document.get("entities") or {})
    said: t.Any = dice.choice(("SUCCESS", "success", "FAIL", "INIT", "DONE", ""))
    what = dice.choice(("status", "status", "image_id", "image_name", "both"))
    if what in ("status", "both"):
        document["status"] = said
    if what in ("image_id", "both"):
        entities["image_id"] = dice.choice(reply.known)
    if what == "image_name":
        entities["image_name"] = dice.choice(("another", "", "golden"))
    written = {**document, "entities": entities}
    return dataclasses.replace(reply, content=dumped(written), plausible=True, what=f"{what}: {said}, {entities}")


def rows(dice: random.Random, reply: Reply, number: int) -> Reply:
    """What is said of one row of a list is said of another."""
    document = json.loads(reply.content) if reply.content else {}
    keys = [key for key, found in document.items() if isinstance(found, list) and len(found) > 1]
    if not keys or not all(isinstance(row, dict) for row in document[keys[0]]):
        return place(dice, reply, number)
    found = [dict(row) for row in document[keys[0]]]
    one, other = dice.sample(found, 2)
    name = dice.choice(sorted(one.keys() & other.keys()))
    one[name], other[name] = other[name], one[name]
    written = {**document, keys[0]: found}
    return dataclasses.replace(reply, content=dumped(written), plausible=True, what=f"{name} of two rows")


KINDS: dict[str, t.Callable[[random.Random, Reply, int], Reply]] = {
    "place": place,
    "extra": extra,
    "whole": whole,
    "status": status,
    "headers": headers,
    "endless": endless,
    "refusal": refusal,
    "job": job,
    "rows": rows,
}


# -- documents ---------------------------------------------------------------------------------------------------------


def places(value: t.Any, path: Path = ()) -> t.Iterator[Path]:
    """Every place below the top."""
    if path:
        yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in steps:
        yield from places(item, (*path, step))


def at(value: t.Any, path: Path) -> t.Any:
    for step in path:
        value = value[step]
    return value


def replaced(value: t.Any, path: Path, said: t.Any) -> t.Any:
    if not path:
        return said
    copied = value.copy()
    copied[path[0]] = replaced(value[path[0]], path[1:], said)
    return copied


def without(value: t.Any, path: Path) -> t.Any:
    holder = {key: item for key, item in at(value, path[:-1]).items() if key != path[-1]}
    return replaced(value, path[:-1], holder)


def named(path: Path) -> str:
    return ".".join(map(str, path)) or "all of it"


def dumped(value: t.Any) -> bytes:
    return _text_of(value).encode("ascii")


def _text_of(value: t.Any) -> str:
    """JSON, with what is text already as it is."""
    if isinstance(value, Text):
        return str(value)
    if not _holds_text(value):
        return json.dumps(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(name))}: {_text_of(item)}" for name, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_text_of(item) for item in value) + "]"
    return json.dumps(value)


def _holds_text(value: t.Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_text, value.values()))
    return any(map(_holds_text, value)) if isinstance(value, (list, tuple)) else isinstance(value, Text)


def _number(text: str) -> t.Any:
    return int(text) if text.isdigit() else text.title()
