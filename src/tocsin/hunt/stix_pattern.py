# SPDX-License-Identifier: Apache-2.0
"""STIX patterns of equalities: `[ipv4-addr:value = '198.51.100.7' AND user-account:user_id = 'dr.x']`.

Understood: `=`, `==`, `IN`, `ISSUBSET` of addresses, AND, OR, parentheses; several observations joined by OR,
or by AND; START and STOP of a single one. All else raises NotUnderstoodError, and the indicator is listed.
(STIX 2.1, part 9.)
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tocsin.hunt.indicators import BadValueError, Clause, Equality, Kind, Part, make_test

LONGEST: Final = 20_000
DEEPEST: Final = 20
MOST_CLAUSES: Final = 256

KINDS: Final = {
    "ipv4-addr:value": Kind.ADDRESS,
    "ipv6-addr:value": Kind.ADDRESS,
    "network-traffic:src_ref.value": Kind.ADDRESS,
    "network-traffic:dst_ref.value": Kind.ADDRESS,
    "network-traffic:src_port": Kind.PORT,
    "user-account:account_login": Kind.ACCOUNT,
    "user-account:user_id": Kind.ACCOUNT,
    "user-account:display_name": Kind.ACCOUNT_NAME,
    "email-addr:value": Kind.EMAIL,
    "file:name": Kind.FILE_NAME,
    "file:hashes.SHA-256": Kind.SHA256,
    "file:hashes.SHA256": Kind.SHA256,
    "artifact:hashes.SHA-256": Kind.SHA256,
    "network-traffic:extensions.http-request-ext.request_header.User-Agent": Kind.USER_AGENT,
    "network-traffic:extensions.http-request-ext.request_value": Kind.OBJECT,
    "http-request-ext:request_header.User-Agent": Kind.USER_AGENT,
    "http-request-ext:user_agent": Kind.USER_AGENT,
    "http-request-ext:request_value": Kind.OBJECT,
}
"""Object paths that a column of events answers to."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<instant>t'[^']*')|(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?(?![\w-]))"
    r"|(?P<path>[A-Za-z][\w-]*:(?:[\w-]+|'(?:[^'\\]|\\.)*'|\.|\[(?:\*|\d+)\])+)"
    r"|(?P<word>[A-Za-z]+)|(?P<sign>==|!=|>=|<=|[\[\]()=<>,]))"
)


class NotUnderstoodError(ValueError):
    """A pattern of which not everything is understood."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a pattern asks for."""

    parts: tuple[Part, ...]
    not_in_logs: tuple[str, ...]
    """Object paths of alternatives that no column answers to: left out."""

    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Strange:
    """A comparison with what logs do not hold."""

    path: str


_Atom = Equality | _Strange
_Form = tuple[tuple[_Atom, ...], ...]
"""Or of ands."""


def parse_pattern(text: str) -> Pattern:
    """Read a pattern; raises NotUnderstoodError."""
    if len(text) > LONGEST:
        raise NotUnderstoodError("too long")
    reader = _Reader(_tokens(text))
    forms, joined = reader.observations()
    bounds = reader.bounds() if len(forms) == 1 else (None, None)
    reader.end()
    strange = tuple(
        dict.fromkeys(
            atom.path for form in forms for row in form for atom in row if isinstance(atom, _Strange)
        )
    )
    parts = tuple(_searchable(form) for form in forms)
    if joined == "OR":
        parts = (tuple(itertools.chain.from_iterable(parts)),)
    if not all(parts):
        raise NotUnderstoodError("no column of the logs holds it")
    return Pattern(parts, strange, *bounds)


def _searchable(form: _Form) -> Part:
    """The alternatives that events can pass whole."""
    clauses: list[Clause] = []
    for row in form:
        tests = tuple(atom for atom in row if isinstance(atom, Equality))
        if len(tests) == len(row):
            clauses.append(tuple(dict.fromkeys(tests)))
    return tuple(dict.fromkeys(clauses))


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            raise NotUnderstoodError("strange sign")
        found.append((token.lastgroup, token[token.lastgroup]))
        at = token.end()
    return found


class _Reader:
    """Reads tokens from the left; each method leaves what follows it."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def observations(self) -> tuple[list[_Form], str | None]:
        """The observations, and the one word that joins them."""
        forms = [self._observation(0)]
        joined: str | None = None
        while self._peek() in (("word", "AND"), ("word", "OR")):
            word = self._next()[1]
            if joined not in (None, word):
                raise NotUnderstoodError("AND and OR of observations")
            joined = word
            forms.append(self._observation(0))
        return forms, joined

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """START and STOP of a single observation."""
        if self._peek() != ("word", "START"):
            return None, None
        self._next()
        start = _instant(self._expect("instant"))
        if self._next() != ("word", "STOP"):
            raise NotUnderstoodError("START without STOP")
        return start, _instant(self._expect("instant"))

    def end(self) -> None:
        """Nothing follows."""
        if self._at < len(self._tokens):
            raise NotUnderstoodError(self._tokens[self._at][1][:40])

    def _observation(self, depth: int) -> _Form:
        if depth > DEEPEST:
            raise NotUnderstoodError("too deep")
        opening = self._next()
        if opening == ("sign", "("):
            form = self._observation(depth + 1)
            self._close(")")
            return form
        if opening != ("sign", "["):
            raise NotUnderstoodError("no observation")
        form = self._either(0)
        self._close("]")
        return form

    def _either(self, depth: int) -> _Form:
        return self._joined("OR", lambda: self._all(depth), _or)

    def _all(self, depth: int) -> _Form:
        return self._joined("AND", lambda: self._one(depth), _and)

    def _joined(self, word: str, inner: Callable[[], _Form], join: Callable[[_Form, _Form], _Form]) -> _Form:
        form = inner()
        while self._peek() == ("word", word):
            self._next()
            form = join(form, inner())
            if len(form) > MOST_CLAUSES:
                raise NotUnderstoodError("too many alternatives")
        return form

    def _one(self, depth: int) -> _Form:
        if depth > DEEPEST:
            raise NotUnderstoodError("too deep")
        if self._peek() == ("sign", "("):
            self._next()
            form = self._either(depth + 1)
            self._close(")")
            return form
        return self._comparison()

    def _comparison(self) -> _Form:
        path = _plain_path(self._expect("path"))
        kind, sign = self._next()
        if (kind, sign) in (("sign", "="), ("sign", "==")):
            return ((_atom(path, self._value()),),)
        if (kind, sign) == ("word", "IN"):
            return tuple((_atom(path, value),) for value in self._values())
        if (kind, sign) == ("word", "ISSUBSET") and KINDS.get(path) is Kind.ADDRESS:
            return ((_atom(path, self._value()),),)
        raise NotUnderstoodError(sign[:40])

    def _values(self) -> list[str]:
        if self._next() != ("sign", "("):
            raise NotUnderstoodError("IN without a list")
        values = [self._value()]
        while self._peek() == ("sign", ","):
            self._next()
            values.append(self._value())
            if len(values) > MOST_CLAUSES:
                raise NotUnderstoodError("too many alternatives")
        self._close(")")
        return values

    def _value(self) -> str:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
        if kind == "number":
            return text
        raise NotUnderstoodError("no value")

    def _peek(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        if token is None:
            raise NotUnderstoodError("it ends too early")
        self._at += 1
        return token

    def _expect(self, kind: str) -> str:
        found, text = self._next()
        if found != kind:
            raise NotUnderstoodError(text[:40])
        return text

    def _close(self, sign: str) -> None:
        if self._next() != ("sign", sign):
            raise NotUnderstoodError(f"no {sign}")


def _or(left: _Form, right: _Form) -> _Form:
    return left + right


def _and(left: _Form, right: _Form) -> _Form:
    if len(left) * len(right) > MOST_CLAUSES:
        raise NotUnderstoodError("too many alternatives")
    return tuple(one + other for one in left for other in right)


def _atom(path: str, value: str) -> _Atom:
    kind = KINDS.get(path)
    if kind is None:
        return _Strange(path)
    try:
        return make_test(kind, value)
    except BadValueError:
        raise NotUnderstoodError(f"no {kind.value}") from None


def _plain_path(path: str) -> str:
    """Without quotes and positions in lists: `a:b.'c-d'[0].e` is `a:b.c-d.e`."""
    return re.sub(r"\[(?:\*|\d+)\]", "", path.replace("'", ""))


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text[2:-1])
    except ValueError:
        raise NotUnderstoodError("no instant") from None
    if instant.tzinfo is None:
        raise NotUnderstoodError("no zone")
    return instant
