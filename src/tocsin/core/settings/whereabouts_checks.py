# SPDX-License-Identifier: Apache-2.0
"""That each [[places]] tells where addresses lie: ranges that are ranges, and a point on the globe."""

from __future__ import annotations

import ipaddress

from tocsin.core.settings.case import CaseSettings
from tocsin.core.settings.checks import Settings
from tocsin.core.settings.inputs import PlaceSettings
from tocsin.core.settings.place import Key
from tocsin.core.words import _

PLACE_COLUMNS = ("network", "first", "last", "latitude", "longitude", "radius_km", "kind", "place")
"""What a register of ranges may name; `network`, or `first` and `last`, it must."""


def check_whereabouts(read: Settings, settings: CaseSettings) -> None:
    """Raise SettingsError for no range at all, a range that is none, or a point that is not on the globe."""
    for number, place in enumerate(settings.places):
        at: tuple[Key, ...] = ("places", number)
        if not (place.addresses or place.paths):
            raise read.error(
                at,
                _("[[places]] '{name}' names no address."),
                do=_("Give it `addresses`, or the `paths` of a register of ranges."),
                code="no_address",
                name=place.name,
            )
        _check_ranges(read, at, place)
        _check_point(read, at, place)
    if settings.detect.travel_kmh <= 0:
        raise read.error(("detect", "travel_kmh"), _("A speed is more than nought."))


def _check_ranges(read: Settings, at: tuple[Key, ...], place: PlaceSettings) -> None:
    for index, text in enumerate(place.addresses):
        try:
            ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise read.error(
                (*at, "addresses", index),
                _("'{text}' is no network address."),
                do=_("Write it as 192.0.2.0/24 or 2001:db8::/32."),
                code="no_address",
                text=text,
            ) from None
    if place.paths and not ({"network"} <= set(place.columns) or {"first", "last"} <= set(place.columns)):
        raise read.error(
            (*at, "columns"),
            _("The register of ranges '{name}' does not say which column holds them."),
            do=_('Write columns = { network = "…" }, or first and last.'),
            code="no_key",
            name=place.name,
        )


def _check_point(read: Settings, at: tuple[Key, ...], place: PlaceSettings) -> None:
    told = {"latitude": (place.latitude, 90.0), "longitude": (place.longitude, 180.0)}
    for key, (value, most) in told.items():
        if value is not None and not -most <= value <= most:
            raise read.error(
                (*at, key),
                _("'{key}' lies between {least} and {most}."),
                key=key,
                least=-int(most),
                most=int(most),
            )
        needed = place.kind == "fixed" and (place.addresses or key not in place.columns)
        if needed and value is None:
            raise read.error(
                at,
                _("[[places]] '{name}' does not say where it is."),
                do=_("Give it latitude and longitude, or a kind: mobile, vpn or shared."),
                code="no_point",
                name=place.name,
            )
    if place.radius_km < 0:
        raise read.error((*at, "radius_km"), _("A distance is not negative."))
