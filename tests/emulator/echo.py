# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A service that quotes whatever it was sent, in every place and in every way of writing (switch ``echo``)."""

from __future__ import annotations

import base64
import dataclasses
import html
import itertools
import json
import quopri
import typing as t
from urllib.parse import quote, quote_plus

from .exchange import Answer, Request
from .seed_images import Raw

Writing = t.Callable[[str], str]


def _in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _in_base64(text: str) -> str:
    return base64.b64encode(_bytes_of(text)).decode("ascii")


def _each_byte(escape: str) -> Writing:
    return lambda text: "".join(escape.format(byte) for byte in _bytes_of(text))


def _each_sign(escape: str) -> Writing:
    return lambda text: "".join(escape.format(ord(sign)) for sign in text)


def _in_mail(text: str) -> str:
    return quopri.encodestring(_bytes_of(text)).decode("ascii")


def _in_two_lines(text: str) -> str:
    return f"{text[: len(text) // 2]}\n  {text[len(text) // 2 :]}"


def _begun(text: str) -> str:
    return f"{text[:24]}..." if len(text) > 40 else text


WRITINGS: tuple[Writing, ...] = (
    str,
    _in_json,
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: quote(text, safe=""),
    quote_plus,
    html.escape,
    repr,
    lambda text: _in_json(_in_json(text)),
    lambda text: html.escape(_in_json(text)),
    _in_base64,
    lambda text: _in_base64(f"user:{text}"),
    lambda text: _in_base64(_in_base64(f"user:{text}")),
    lambda text: base64.urlsafe_b64encode(_bytes_of(f">{text}")).decode("ascii"),
    lambda text: base64.b32encode(_bytes_of(f"u:{text}")).decode("ascii"),
    lambda text: _bytes_of(text).hex(),
    lambda text: _bytes_of(text).hex().upper(),
    lambda text: quote(quote(text, safe=""), safe=""),
    _each_byte("%{:02x}"),
    _each_byte("={:02X}"),
    _each_sign("\\u{:04X}"),
    _each_sign("&#{};"),
    _each_sign("&#x{:x};"),
    _in_mail,
    _in_two_lines,
    _begun,
)
GLUES = ("token={}&x", "/v3/{}/auth", '{{"password":"{}"}}', "x{}x", "{}")
# Headers that prove nothing.
_DULL = frozenset(
    ("host", "accept", "accept-encoding", "connection", "content-length", "content-type", "user-agent", "x-sdk-date")
)
# What is told in one place at a time, in characters: messages are shown in part only.
_MOST = 1000
# Attributes of an image that nobody compares.
_ATTRIBUTES = ("__description", "__os_version", "__platform", "checksum", "hw_firmware_type")
DECOY = "00000000-0000-4000-8000-0000000000ec"


class Echo:
    """What a request sends, and what its token was fetched with: the next piece of that each time that something is
    said, so that in the end all of it was."""

    def __init__(self) -> None:
        self._sent: list[str] = []
        self._logins: dict[str, list[str]] = {}
        self._turn = itertools.count()

    def hear(self, request: Request) -> None:
        """All that a request holds and that might be secret."""
        heard = [value for name, value in request.headers.items() if name.lower() not in _DULL]
        try:
            heard += _leaves(request.json())
        except ValueError:
            pass
        heard += [request.body.decode("utf-8", "replace")]
        heard += self._logins.get(request.headers.get("X-Auth-Token", ""), [])
        self._sent = list(dict.fromkeys(text for text in heard if len(text) > 5))

    def _issue(self, token: str) -> None:
        self._logins[token] = self._sent
        self._sent = [token, *self._sent]

    def say(self) -> str:
        """The next few pieces."""
        said = ""
        while self._sent and len(said) < _MOST:
            turn = next(self._turn)
            text = self._sent[-1 - turn % len(self._sent)]
            writing = WRITINGS[turn // len(self._sent) % len(WRITINGS)]
            said += GLUES[turn // (len(self._sent) * len(WRITINGS)) % len(GLUES)].format(writing(text)) + " "
        return said

    def into(self, answer: Answer, operation: str | None) -> Answer:
        """The same answer, in which something is said wherever that leaves it an answer."""
        token = answer.headers.get("X-Subject-Token")
        if token:
            self._issue(token)
        # A header holds one line of Latin-1.
        line = " ".join(self.say().encode("ascii", "backslashreplace").decode("ascii").split())
        headers = {"X-Request-Id": line, **answer.headers}
        if "Location" in headers:
            headers["Location"] += f"?{line}"
        body = answer.body
        if isinstance(body, str):
            body = f"{self.say()} {body} {self.say()}"
        elif isinstance(body, dict):
            body = self._refused(body) if answer.status >= 400 else self._answered(body, operation)
        return dataclasses.replace(answer, headers=headers, body=body)

    def _refused(self, body: dict[str, t.Any]) -> dict[str, t.Any]:
        """Whatever is text there is followed by more; a code stays what it is."""
        told = {
            name: self._refused(value)
            if isinstance(value, dict)
            else f"{self.say()} {value} {self.say()}"
            if isinstance(value, str) and "code" not in name
            else value
            for name, value in body.items()
        }
        return {**told, "detail": self.say(), "encoded_authorization_message": self.say()}

    def _answered(self, body: dict[str, t.Any], operation: str | None) -> dict[str, t.Any]:
        told = {name: self._rows(name, value) for name, value in body.items()}
        if operation in ("GlanceShowImage", "GlanceUpdateImage", "UpdateImage"):
            told = self._image(told)
        if isinstance(told.get("entities"), dict):
            told["entities"] = {**told["entities"], "current_task": self.say(), "quoted": self.say()}
        if isinstance(told.get("fail_reason"), str):
            told["fail_reason"] = self.say() + told["fail_reason"]
        return {**told, "quoted": self.say(), self.say(): "quoted"}

    def _rows(self, name: str, value: t.Any) -> t.Any:
        if not isinstance(value, list) or not value or not isinstance(value[0], dict):
            return value
        if name == "images":
            # A stranger whose very name is one; not the last, whose id is the mark of the next page.
            images = [self._image(raw) for raw in value]
            return images if len(images) < 2 else [{**images[0], "id": DECOY, "name": self.say()}, *images]
        if name == "regions":
            return [*value, {"id": "cn-nowhere-1", "description": self.say()}]
        if name == "roles":
            return [*value, {"name": self.say(), "display_name": self.say()}]
        return [{**row, "description": self.say(), "quoted": {"deep": [self.say()]}} for row in value]

    def _image(self, raw: Raw) -> Raw:
        told = {**raw, **{name: self.say() for name in _ATTRIBUTES}, self.say(): "quoted", "quoted": self.say()}
        return {**told, "tags": [*raw.get("tags", []), f"quoted={self.say()}"]}


def _leaves(value: t.Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _leaves(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _leaves(inner)]
    return [value] if isinstance(value, str) else []
