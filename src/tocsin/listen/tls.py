# SPDX-License-Identifier: Apache-2.0
"""Syslog over TLS (RFC 5425) as the gate ends it: a client shows a certificate, or is refused.

What is decrypted goes to a local stream that the writer reads as it would the connection itself. No session
tickets are sent: a sender that never reads would then not see that we have closed.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import time
from hashlib import sha256
from typing import Protocol

from tocsin.listen.handover import Message
from tocsin.listen.held import Held, Keeper, peer_of

HANDSHAKE_S = 10.0
_READ = 1 << 16
_READS_AT_ONCE = 16

_SHORT = {
    "commonName": "CN",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "countryName": "C",
    "localityName": "L",
    "stateOrProvinceName": "ST",
}


def make_context(setup: Message) -> ssl.SSLContext:
    """TLS 1.2 or later, client certificates of the given authority only. Raises OSError, ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(str(setup["certificate"]), str(setup["key"]), _no_password)
    context.load_verify_locations(str(setup["client_ca"]))
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0
    return context


def _no_password() -> str:
    """A key under a password would be asked for on the terminal."""
    return ""


def subject_of(certificate: object) -> str:
    """The subject, its last part first (RFC 4514, with what it escapes)."""
    parts = certificate.get("subject", ()) if isinstance(certificate, dict) else ()
    named = [f"{_SHORT.get(name, name)}={_escaped(value)}" for part in parts for name, value in part]
    return ",".join(reversed(named))


def _escaped(value: str) -> str:
    return "".join(f"\\{sign}" if sign in ',+"\\<>;=' else sign for sign in value)


class TunnelKeeper(Keeper, Protocol):
    """What a tunnel tells the gate besides."""

    def opened(self, tunnel: Tunnel, held: Held) -> None:
        """A client has shown its certificate."""

    def ended(self, tunnel: Tunnel, how: str) -> None:
        """A tunnel has come to its end; what it brought is still to be read."""


class Tunnel:
    """One TLS connection."""

    def __init__(
        self,
        gate: TunnelKeeper,
        listener: str,
        connection: socket.socket,
        address: object,
        context: ssl.SSLContext,
    ) -> None:
        self.listener = listener
        self.peer = peer_of(address)[0]
        self.held: Held | None = None
        self.deadline = time.monotonic() + HANDSHAKE_S
        self._address = address
        self._gate = gate
        connection.setblocking(False)
        self._outside = context.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=False
        )
        self._inside: socket.socket | None = None
        self._inwards = b""
        self._outwards = b""
        self._how: str | None = None
        gate.watch(self._outside, selectors.EVENT_READ, self._shake)

    def say_end(self) -> None:
        """Tell the sender that it should close: by TCP alone, which it sees before it sends."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._outside, socket.SHUT_WR)

    def close(self, how: str) -> None:
        """Both ends; what the inside holds can still be read there."""
        self._gate.ended(self, how)  # before the end can be seen inside
        self._gate.watch(self._outside, 0, self._shake)
        if how == "closed":
            with contextlib.suppress(OSError, ValueError):
                self._outside.unwrap()
        self._outside.close()
        if self._inside is not None:
            self._gate.watch(self._inside, 0, self._move)
            self._inside.close()
            self._inside = None

    def _shake(self, _events: int) -> None:
        try:
            self._outside.do_handshake()
        except ssl.SSLWantReadError:
            self._gate.watch(self._outside, selectors.EVENT_READ, self._shake)
        except ssl.SSLWantWriteError:
            self._gate.watch(self._outside, selectors.EVENT_WRITE, self._shake)
        except (OSError, ValueError) as error:
            self.close(why_refused(error))
        else:
            self._open()

    def _open(self) -> None:
        self._inside, clear = socket.socketpair()
        self._inside.setblocking(False)
        held = Held.of(self.listener, clear, self._address)
        held.subject = subject_of(self._outside.getpeercert())
        held.fingerprint = sha256(self._outside.getpeercert(binary_form=True) or b"").hexdigest()
        self.held = held
        self._gate.opened(self, held)
        self._move(0)

    def _move(self, _events: int) -> None:
        """Both ways, as far as each end takes it."""
        if self._inside is None:
            return
        try:
            self._read_outside()
            self._read_inside()
        except ssl.SSLZeroReturnError:
            self._finish("closed")
        except (ssl.SSLEOFError, ConnectionError):
            self._finish("cut")
        except (ssl.SSLError, OSError):
            self._finish("cut: broken TLS")
        if self._inside is not None:
            self._watch()

    def _read_outside(self) -> None:
        for _ in range(_READS_AT_ONCE):
            self._push_inside()
            if self._inwards or self._how is not None:
                return
            try:
                self._inwards = self._outside.recv(_READ)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            if not self._inwards:
                raise ssl.SSLZeroReturnError

    def _push_inside(self) -> None:
        while self._inwards and self._inside is not None:
            try:
                sent = self._inside.send(self._inwards)
            except BlockingIOError:
                return
            self._inwards = self._inwards[sent:]
        if self._how is not None:
            self.close(self._how)

    def _read_inside(self) -> None:
        """Answers (RELP)."""
        if self._inside is None:
            return
        with contextlib.suppress(BlockingIOError):
            if not self._outwards:
                self._outwards = self._inside.recv(_READ)
        while self._outwards:
            try:
                sent = self._outside.send(self._outwards)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            self._outwards = self._outwards[sent:]

    def _finish(self, how: str) -> None:
        """The sender has ended; what it sent goes inside first."""
        self._how = how
        self._push_inside()

    def _watch(self) -> None:
        assert self._inside is not None  # noqa: S101  # the caller has looked
        reads = not self._inwards and self._how is None
        outside = (selectors.EVENT_READ if reads else 0) | (selectors.EVENT_WRITE if self._outwards else 0)
        inside = (selectors.EVENT_WRITE if self._inwards else 0) | (
            0 if self._outwards else selectors.EVENT_READ
        )
        self._gate.watch(self._outside, outside, self._move)
        self._gate.watch(self._inside, inside, self._move)
        if reads and self._outside.pending():
            self._gate.watch(self._inside, inside | selectors.EVENT_WRITE, self._move)


def why_refused(error: Exception) -> str:
    """In a few fixed words: what a client says is not repeated."""
    reason = str(getattr(error, "reason", "") or "")
    if reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
        return "no certificate"
    if reason == "CERTIFICATE_VERIFY_FAILED":
        return "certificate not accepted"
    if isinstance(error, ssl.SSLEOFError | ConnectionError):
        return "gave up"
    return "no TLS"
