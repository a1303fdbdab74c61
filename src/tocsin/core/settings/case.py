# SPDX-License-Identifier: Apache-2.0
"""The shape of case.toml. Each struct is one table of the file; fields are its keys.

What a case reads is in `inputs`, [notify] and [watch] each in their own module.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tocsin.core.settings.frozen import Frozen, Period
from tocsin.core.settings.inputs import (
    AccountSettings,
    CatalogueSettings,
    FileSettings,
    HistorySettings,
    HolderKind,
    OperationSettings,
    PlaceSettings,
    RecordSettings,
    RegistrySettings,
    RelationSettings,
    SourceSettings,
)
from tocsin.core.settings.notify import NotifySettings
from tocsin.core.settings.watch import WatchSettings


class CaseHead(Frozen, frozen=True, kw_only=True):
    """[case]"""

    id: str
    title: str = ""
    zone: str = "Europe/Paris"
    organisation: str | None = None
    became_aware_at: datetime | None = None
    became_aware_by: str | None = None


class ControllerSettings(Frozen, frozen=True, kw_only=True):
    """[[controllers]]: one controller, or paths to a table of them (columns id, name, finess)."""

    id: str | None = None
    name: str | None = None
    finess: str | None = None
    recipient: str | None = None
    paths: list[str] = []
    columns: dict[str, str] = {}


class ClaimSettings(Frozen, frozen=True, kw_only=True):
    """[claims]: the negative claims asked for."""

    none: list[str] = []
    none_from: dict[str, list[str]] = {}
    no_change: list[str] = []
    no_other_source: bool = False
    protected: list[str] = []
    never_before: bool = False
    unused: bool = False


class ShareSettings(Frozen, frozen=True, kw_only=True):
    """[[shares]]: the best count of a unit as a share of the records of a period."""

    unit: str
    of: Period
    by: Literal["created", "at"] = "created"


class KnownSettings(Frozen, frozen=True, kw_only=True):
    """[[known]]: what people already hold to be illegitimate. All selectors given must match."""

    source: str | None = None
    account: str | None = None
    session: str | None = None
    address: str | None = None
    device: str | None = None
    client: str | None = None
    user_agent: str | None = None
    file_name: str | None = None
    from_: datetime | None = None
    until: datetime | None = None
    split: bool = False
    verdict: Literal["illegitimate", "doubtful", "legitimate"] = "illegitimate"
    p: float | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    why: str | None = None


class LimitSettings(Frozen, frozen=True, kw_only=True):
    """[limits]"""

    memory: str = "4GiB"
    set_aside: float = 0.001
    alarms_per_week: float = 5.0


class WitnessSettings(Frozen, frozen=True, kw_only=True):
    """[witnesses]: one act told by several logs. Both in seconds."""

    window: float = 2.0
    skew_limit: float = 2.0


class DetectSettings(Frozen, frozen=True, kw_only=True):
    """[detect]"""

    enabled: bool = True
    threshold: float = 0.5
    clean: Period | None = None
    dormant_days: int = 60
    burst_persons: int = 100
    travel_kmh: float = 900.0
    sigma: list[str] = []


class SealSettings(Frozen, frozen=True, kw_only=True):
    """[seal]: with recipients, tables that identify persons are encrypted under the case's key."""

    recipients: list[str] = []
    key_file: str | None = None


class HolderSettings(Frozen, frozen=True, kw_only=True):
    """[[preserve.holders]]: who holds logs that the case does not have, and must be asked."""

    holds: HolderKind
    name: str
    contact: str | None = None
    retention: str | None = None


class PreserveSettings(Frozen, frozen=True, kw_only=True):
    """[preserve]: what the letters that ask for logs say of ourselves."""

    organisation: str | None = None
    contact: str | None = None
    deposit: str | None = None
    margin_days: int = 30
    answer_hours: int = 48
    holders: list[HolderSettings] = []


class ContainSettings(Frozen, frozen=True, kw_only=True):
    """[contain]: who decides in an emergency that an account is given back."""

    emergency_deciders: list[str] = []
    emergency_phone: str | None = None


class DeclareSettings(Frozen, frozen=True, kw_only=True):
    """[declare]: answers that hold for every declaration, and sizes of the authorities' boxes."""

    answers: dict[str, str] = {}
    boxes: dict[str, int] = {}


class CaseSettings(Frozen, frozen=True, kw_only=True):
    """case.toml"""

    case: CaseHead
    controllers: list[ControllerSettings] = []
    sources: list[SourceSettings] = []
    registries: list[RegistrySettings] = []
    records: list[RecordSettings] = []
    history: list[HistorySettings] = []
    files: list[FileSettings] = []
    catalogue: CatalogueSettings | None = None
    accounts: list[AccountSettings] = []
    relations: list[RelationSettings] = []
    operations: list[OperationSettings] = []
    places: list[PlaceSettings] = []
    claims: ClaimSettings = ClaimSettings()
    shares: list[ShareSettings] = []
    known: list[KnownSettings] = []
    limits: LimitSettings = LimitSettings()
    witnesses: WitnessSettings = WitnessSettings()
    detect: DetectSettings = DetectSettings()
    watch: WatchSettings = WatchSettings()
    seal: SealSettings = SealSettings()
    engine: dict[str, str | int] = {}
    journal: dict[str, str | int | bool] = {}
    preserve: PreserveSettings = PreserveSettings()
    contain: ContainSettings = ContainSettings()
    declare: DeclareSettings = DeclareSettings()
    notify: NotifySettings = NotifySettings()
    prevent: dict[str, object] = {}
    plugins: dict[str, list[str]] = {}
