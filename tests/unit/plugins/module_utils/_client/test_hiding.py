# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets are taken out of whatever comes back, in every form in which somebody may have written them down."""

from __future__ import annotations

import base64
import html
import html.entities
import itertools
import json
import quopri
import re
import typing as t
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.hiding import SHORTEST, Secrets
from ansible_collections.huaweicloud.ims.plugins.module_utils._text import one_line, visible

TOKEN = "MIIEvQ+/" + "aB3dE5gH" * 30 + "/x+y=="
PASSWORDS = (
    "Emulated-Passw0rd",
    'qu"ote\'s',
    "back\\sl\\\\ash/",
    "a<b&c>d",
    "Käse&Brötchen ß",
    "  two  spaces ",
    "tab\tand\x01control",
    "100%+plus",
    "\N{GRINNING FACE}face",
    '"\\<&',
    "a&quot;b&#39;c%22d\\u0022e",
)
Form = t.Callable[[str], str]


def every(text: str, escape: str) -> str:
    """Each sign escaped by its number in UTF-16."""
    units = text.encode("utf-16-be")
    return "".join(escape.format(units[at] << 8 | units[at + 1]) for at in range(0, len(units), 2))


NAMES = {sign: f"&{name}" for name, sign in reversed(html.entities.html5.items()) if name.endswith(";")}


def named(sign: str) -> str:
    return NAMES.get(sign, sign)


FORMS: dict[str, Form] = {
    "as it is": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON with slashes escaped": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON with capital digits": lambda text: re.sub(
        r"\\u[0-9a-f]{4}", lambda found: "\\u" + found.group()[2:].upper(), json.dumps(text)[1:-1]
    ),
    "JSON for HTML": lambda text: json.dumps(text)[1:-1]
    .replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("'", "\\u0027"),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[3:-3],
    "JSON in JSON in JSON": lambda text: json.dumps(json.dumps(json.dumps(text)))[7:-7],
    "a path": lambda text: quote(text, safe=""),
    "a path that keeps slashes": quote,
    "a query": quote_plus,
    "a query in small letters": lambda text: re.sub(r"%..", lambda found: found.group().lower(), quote_plus(text)),
    "a query in a query": lambda text: quote(quote(text, safe=""), safe=""),
    "HTML": html.escape,
    "HTML with numbers": lambda text: re.sub(r"[^\w ]", lambda found: f"&#{ord(found.group())};", text),
    "HTML with hexadecimal numbers": lambda text: re.sub(r"[^\w ]", lambda found: f"&#x{ord(found.group()):X};", text),
    "HTML in HTML": lambda text: html.escape(html.escape(text)),
    "Python": lambda text: repr(text)[1:-1],
    "Python bytes": lambda text: repr(text.encode())[2:-1],
    "UTF-8 taken for Latin-1": lambda text: text.encode().decode("latin-1"),
    "shown": visible,
    "shown on one line": lambda text: one_line(f"a {text} b"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of a login": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "base64 of something longer": lambda text: base64.b64encode(f"joe:{text}@host".encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(f"a{text}".encode()).decode(),
    "base64 in a query": lambda text: quote_plus(base64.b64encode(text.encode()).decode()),
    "base64 in JSON": lambda text: base64.b64encode(text.encode()).decode().replace("/", "\\/"),
    "base64 of base64": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "base64 of the base64 of a login": lambda text: FORMS["base64"](f"Basic {FORMS['base64 of a login'](text)}"),
    "base64 for URLs of base64": lambda text: base64.urlsafe_b64encode(base64.b64encode(text.encode())).decode(),
    "base64 in MIME": lambda text: base64.encodebytes(b"a" * 50 + text.encode()).decode(),
    "base64 of JSON": lambda text: base64.b64encode(json.dumps({"p": text}).encode()).decode(),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "base32 of something longer": lambda text: base64.b32encode(f"jo:{text}@x".encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal in capitals": lambda text: f"x{text}y".encode().hex().upper(),
    "every letter in JSON": lambda text: every(text, "\\u{:04x}"),
    "every letter in JSON, with capital digits": lambda text: every(text, "\\u{:04X}"),
    "every letter in Python": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "every letter in octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "every letter in a query": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "every letter in a query, with capital digits": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "every letter in JavaScript": lambda text: every(text, "%u{:04X}"),
    "every letter in HTML": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "every letter in HTML, hexadecimal": lambda text: "".join(f"&#x{ord(sign):04x};" for sign in text),
    "HTML with names": lambda text: "".join(named(sign) for sign in text),
    "quoted-printable": lambda text: quopri.encodestring(f"a{text}b".encode()).decode(),
    "quoted-printable, every letter": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "quoted-printable, wrapped": lambda text: "=\n".join([text[:3], text[3:]]),
}


# What services and what is between them put around each other's texts.
WRAPPINGS = [FORMS[name] for name in ("JSON", "JSON in UTF-8", "a path", "a query", "HTML", "Python", "shown")]


def both(inner: Form, outer: Form) -> Form:
    return lambda text: outer(inner(text))


for one, other in itertools.product(WRAPPINGS, WRAPPINGS):
    FORMS[f"wrapped {len(FORMS)}"] = both(one, other)
for one in WRAPPINGS[:5]:
    FORMS[f"wrapped {len(FORMS)}, in base64"] = both(one, FORMS["base64"])


# In the others nothing is left of what is known of it by its form alone.
ESCAPED = [name for name in FORMS if not re.search("base|hexadecimal$|hexadecimal in", name)]


def readable(text: str, secret: str) -> bool:
    """Whether a secret can be read out of a text: its letters still stand there, in any form."""
    letters = max(re.findall(r"[A-Za-z0-9]+", secret) or [secret], key=len)
    encoded = {base64.b64encode(b"\0" * shift + secret.encode())[4:-4].decode() for shift in range(3)}
    encoded |= {base64.b32encode(b"\0" * shift + secret.encode())[8:-8].decode() for shift in range(5)}
    encoded |= {letters.encode().hex(), letters.encode().hex().upper()}
    return (len(letters) >= 3 and letters in text) or secret in text or any(
        len(core) >= 8 and core in text for core in encoded
    )


def received(secrets: Secrets, answer: t.Any) -> t.Any:
    return secrets.received(answer, json.dumps(answer).encode())


def secrets_of(*values: str) -> Secrets:
    secrets = Secrets()
    secrets.add(*values)
    return secrets


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_hidden_in_every_form_whatever_is_glued_to_it(form: str) -> None:
    for secret in (*PASSWORDS, TOKEN):
        secrets = secrets_of(secret)
        for around in ("{}", "token={}&x=1", "/v3/{}/auth", "x{}y", '{{\\"password\\": \\"{}\\"}}'):
            hidden = secrets.hidden(around.format(FORMS[form](secret)))

            assert "***" in hidden, secret
            assert not readable(hidden.replace("***", "\0"), secret)


@given(secret=st.text(min_size=6, max_size=40), form=st.sampled_from(sorted(FORMS)), begin=st.text(), end=st.text())
def test_any_text_can_be_a_secret(secret: str, form: str, begin: str, end: str) -> None:
    if len(secret.strip()) >= SHORTEST:
        assert "***" in secrets_of(secret).hidden(f"{begin} {FORMS[form](secret)} {end}")


@given(text=st.text())
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert secrets_of("Emulated-Passw0rd", TOKEN).hidden(text) == text


@pytest.mark.parametrize("form", ESCAPED)
def test_the_signature_of_any_request_is_hidden_in_every_form(form: str) -> None:
    signature = "0123456789abcdef" * 4
    text = FORMS[form](f"Access=AK, SignedHeaders=host;x-sdk-date, Signature={signature}")
    hidden = Secrets().hidden(f"{text} of {signature}")
    assert hidden.endswith(f" of {signature}")
    assert hidden.count(signature) == 1


@pytest.mark.parametrize("form", ESCAPED)
def test_a_token_of_another_run_is_hidden_where_something_is_told_and_not_where_it_is_worked_with(form: str) -> None:
    text = f"by {FORMS[form](TOKEN)} of MIIx"
    secrets = Secrets()
    assert not readable(secrets.hidden(text), TOKEN)
    assert secrets.hidden(text).endswith("*** of MIIx") or "on one line" in form
    assert received(secrets, {"__description": text}) == {"__description": text}


def test_what_surrounds_a_secret_stays() -> None:
    secrets = secrets_of("p<a>ss")
    assert secrets.hidden("no: p&lt;a&gt;ss, p<a>ss!") == "no: ***, ***!"


def test_a_secret_within_a_secret_leaves_nothing_of_the_longer_one() -> None:
    assert secrets_of("pass", "password-1").hidden("x password-1 y") == "x *** y"


@pytest.mark.parametrize("short", ["", " ", "a", "ab", "abc"])
def test_what_is_too_short_is_not_looked_for(short: str) -> None:
    assert len(short) < SHORTEST
    assert secrets_of(short, "long-enough").hidden("abc a ab is long-enough") == "abc a ab is ***"


def test_of_a_long_secret_a_part_is_hidden_as_well_where_something_is_told() -> None:
    secrets = Secrets()
    secrets.add(TOKEN, random=True)
    uuid = "7f0c1d52-3a4e-4a1b-9a53-0e6e7b0c9a11"
    assert secrets.told(f"token='{TOKEN[40:90]}' of {uuid}") == f"token='***' of {uuid}"
    assert secrets.told(f"token={TOKEN[:30]}...") == "token=***..."
    assert secrets.told("aB3dE5gH is eight letters") == "aB3dE5gH is eight letters"


@pytest.mark.parametrize("form", ["as it is", "JSON", "a query", "HTML", "base64", "hexadecimal"])
@pytest.mark.parametrize("password", ['Emulated"Passw0rd', "Kennw0rt&<1234567"])
def test_whoever_cuts_a_text_leaves_no_beginning_of_a_secret(password: str, form: str) -> None:
    """Names and messages are cut in many places, by who knows no secrets, and cleaned when they go out."""
    text = f"called {FORMS[form](password)}"
    for longest in range(len("called ..."), len(text)):
        hidden = secrets_of(password).hidden(f"{visible(text, longest)} is no name")
        left = hidden[len("called ") : -len("... is no name")]
        # An escape may be cut as well; of it nobody can tell more than its sign.
        assert re.fullmatch(r"\*\*\*([&%\\][a-z0-9]*)?|.{0,5}", left)
        assert hidden.endswith("... is no name")


def test_three_dots_after_the_beginning_of_a_word_are_not_yet_a_secret() -> None:
    assert secrets_of("Passw0rd").hidden("Pas... and Pass, Pasta...") == "Pas... and Pass, Pasta..."


def test_the_whole_of_a_result_is_gone_through() -> None:
    secrets = secrets_of("Passw0rd")
    value = {
        "msg": "Passw0rd",
        "list": ["xPassw0rdx", {"Passw0rd": 1, "tag:Passw0rd": "v"}],
        "number": 5,
        "none": None,
        "pair": ("Passw0rd", True),
    }
    assert secrets.without(value) == {
        "msg": "***",
        "list": ["x***x", {"***": 1, "tag:***": "v"}],
        "number": 5,
        "none": None,
        "pair": ["***", True],
    }


def test_keys_of_our_own_are_left_alone_whatever_the_password_is() -> None:
    assert secrets_of("finished").without({"finished": True, "msg": "finished"}) == {"finished": True, "msg": "***"}


def test_of_an_answer_only_random_secrets_are_taken_out() -> None:
    """A password may be part of a name by chance, and then the name must be known again."""
    secrets = Secrets()
    secrets.add("ubuntu-22.04")
    secrets.add(TOKEN, random=True)
    answer = {"images": [{"name": "ubuntu-22.04-web", "__description": f"by {TOKEN}"}]}
    assert received(secrets, answer) == {"images": [{"name": "ubuntu-22.04-web", "__description": "by ***"}]}
    assert secrets.without(answer) == {"images": [{"name": "***-web", "__description": "by ***"}]}


def test_a_secret_that_comes_later_is_hidden_from_then_on() -> None:
    secrets = secrets_of("first-secret")
    assert secrets.hidden("second-secret") == "second-secret"
    secrets.add("second-secret")
    assert secrets.hidden("first-secret second-secret") == "*** ***"


def test_secrets_do_not_show_themselves() -> None:
    secrets = secrets_of("Passw0rd")
    assert "Passw0rd" not in repr(secrets) + str(secrets)


@pytest.mark.parametrize("secret", ['"\\<&', "\\" * 10 + "]", "&  % \\ +]", "%%%%&&&&]", "++  ++]"])
def test_a_text_full_of_escapes_comes_to_an_end(secret: str) -> None:
    """A pattern that could read it in many ways would never be done."""
    for part in ("\\", " ", " \\", "&amp;", "%25", "%20", "\\u005c", "\\\\u005c", "+", "&", "%", "&#92;"):
        text = part * (5_000 // len(part))
        assert secrets_of(secret).hidden(text) == text


def test_a_token_of_nothing_but_signs_is_looked_for_as_it_is() -> None:
    """All ways in which each of them can be escaped make a pattern that takes a quarter of a minute."""
    token = "MII" + "/+-_" * 15_000
    secrets = secrets_of(token)
    assert secrets.hidden(f"MII <{token}>") == "MII <***>"


def test_a_row_of_zeros_is_no_part_of_a_secret() -> None:
    secrets = Secrets()
    secrets.add("aB3dE5gH" + "0" * 32, random=True)
    assert secrets.told("project 00000000000000000001") == "project 00000000000000000001"


# No sign comes twice, so that a part of it is known wherever it begins.
LONG = "q7RzT1bYx8LmN4vKc0PfW5sJd2HgU6eA"


def random_secret(value: str) -> Secrets:
    secrets = Secrets()
    secrets.add(value, random=True)
    return secrets


@pytest.mark.parametrize("at", range(17))
def test_sixteen_signs_of_a_secret_of_thirty_two_are_hidden_wherever_they_begin(at: int) -> None:
    assert random_secret(LONG).told(f"<{LONG[at : at + 16]}>") == "<***>"


def test_fifteen_signs_are_no_part_and_a_secret_of_thirty_one_has_none() -> None:
    for word in (LONG[3:18], f"to{LONG[3:18]}"):
        assert random_secret(LONG).told(word) == word
    assert random_secret(LONG[:31]).told(LONG[:20]) == LONG[:20]


@pytest.mark.parametrize(("row", "told"), [("aB3dEaB3", "***"), ("aB3daB3d", "aB3daB3d" * 3)])
def test_a_part_is_known_by_five_different_signs_in_a_row_of_eight(row: str, told: str) -> None:
    assert random_secret(row * 4).told(row * 3) == told


def test_nobody_is_told_more_than_ten_thousand_signs_of_an_answer() -> None:
    assert Secrets().told("no " * 4000) == f"{('no ' * 4000)[:9_997]}..."


@pytest.mark.parametrize(("size", "looked"), [(64 * 1024, True), (64 * 1024 + 1, False)])
def test_an_answer_of_64_kib_is_gone_through_whatever_is_in_it(size: int, looked: bool) -> None:
    answer = {"part": LONG[5:25]}
    content = json.dumps(answer).encode().ljust(size)
    assert random_secret(LONG).received(answer, content) == ({"part": "***"} if looked else answer)
