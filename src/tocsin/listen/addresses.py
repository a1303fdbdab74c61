# SPDX-License-Identifier: Apache-2.0
"""Where to listen: `0.0.0.0:514`, `[::]:6514`, `:601`; and the sockets for it."""

from __future__ import annotations

import contextlib
import socket

from tocsin.core.errors import InputError, MachineError
from tocsin.core.words import _, visible

KINDS = ("udp", "tcp", "tls", "relp", "relp_tls")
SECURE = ("tls", "relp_tls")
_BACKLOG = 1024
_UDP_BUFFER = 32 << 20
_TCP_BUFFER = 1 << 18
"""What a connection may have on its way: it bounds what is lost should writer and gate be killed together."""

_SO_RCVBUFFORCE = 33


def parse_address(text: str) -> tuple[str, int]:
    """Host and port; without a host all addresses. Raises InputError."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise InputError(
            _("'{text}' is not an address to listen at."),
            do=_("Write it as 0.0.0.0:6514, [::]:6514 or 127.0.0.1:6514."),
            code="bad_address",
            text=visible(text),
        )
    return host or "0.0.0.0", int(port)  # noqa: S104  # a receiver is there for others


def open_listener(kind: str, text: str) -> socket.socket:
    """A bound socket. Raises InputError for an address that is none of ours, or taken, or not allowed."""
    host, port = parse_address(text)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    try:
        if kind == "udp":
            _enlarge(listener)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _TCP_BUFFER)
        listener.bind((host, port))
        if kind != "udp":
            listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise InputError(
            _("Nothing can listen at {text}: {why}."),
            do=_("Free the port or choose another; ports below 1024 need the right to open them."),
            code="cannot_listen",
            text=visible(text),
            why=error.strerror or type(error).__name__,
        ) from None
    return listener


def _enlarge(listener: socket.socket) -> None:
    """What the kernel holds while we are busy is not lost; an ordinary user gets less."""
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _UDP_BUFFER)
        listener.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _UDP_BUFFER)


def shown(listener: socket.socket) -> str:
    """The address, as people write it."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_system() -> None:
    """Raise MachineError where the kernel cannot hand connections over as we need it."""
    if not (hasattr(socket, "SO_PEERCRED") and hasattr(__import__("os"), "splice")):
        raise MachineError(
            _("This system cannot receive without loss."),
            do=_("Run the receiver on Linux."),
            code="no_splice",
        )
