# SPDX-License-Identifier: Apache-2.0
"""The shape of case.toml. Each struct is one table of the file; fields are its keys.

A key that begins with `x-` is ignored; any other unknown key is refused with the nearest known one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

LogKind = Literal[
    "gateway",
    "application",
    "identity_provider",
    "directory",
    "bastion",
    "database",
    "mail",
    "host",
    "publisher",
    "operator",
]
"""What a log tells of: `gateway` is a portal, proxy or gateway, `application` the software's own trail."""

HolderKind = Literal["us", "publisher", "host", "operator", "directory", "identity_provider", "other"]
"""Who keeps a log: ourselves, the software's publisher, the (health data) host, the regional operator…"""


class Frozen(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"from_": "from", "in_": "in"},
):
    """Base of all settings."""


class Period(Frozen, frozen=True, kw_only=True):
    """Half-open: [from, until). A missing bound is open; a bare date is its midnight in UTC."""

    from_: datetime | None = None
    until: datetime | None = None


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


class ListenSettings(Frozen, frozen=True, kw_only=True):
    """`listen` of a source: the addresses at which `tocsin listen` receives it as syslog."""

    udp: str | None = None
    tcp: str | None = None
    tls: str | None = None
    relp: str | None = None
    relp_tls: str | None = None
    certificate: str | None = None
    key: str | None = None
    client_ca: str | None = None
    max_message: int = 1 << 20
    connections: int = 1000


class SourceSettings(Frozen, frozen=True, kw_only=True):
    """[[sources]]: native logs."""

    name: str
    paths: list[str] = []
    database: str | None = None
    query: str | None = None
    watermark: str | None = None
    collect: dict[str, object] = {}
    listen: ListenSettings | None = None
    format: str | None = None
    mapping: str | None = None
    envelope: str | None = None
    envelope_field: str | None = None
    zone: str | None = None
    before: datetime | None = None
    period: Period | None = None
    custody: Literal["outside", "same-host", "attacker-reachable"] = "same-host"
    controller: str | None = None
    copy: bool = False
    kind: LogKind | None = None
    held_by: HolderKind | None = None
    owner: str | None = None
    contact: str | None = None
    retention: str | None = None
    most_per_second: float | None = None
    bytes_seen_by: str | None = None
    least_bytes: int | None = None
    chain_own: str | None = None
    chain_before: str | None = None


class RegistrySettings(Frozen, frozen=True, kw_only=True):
    """[[registries]]: who the local ids are."""

    name: str
    paths: list[str] = []
    database: str | None = None
    query: str | None = None
    columns: dict[str, str | list[str]]
    sources: list[str] = []
    domain: str | None = None
    local_id_identifying: bool = False
    person_pattern: str | None = None
    ins_oid: str | None = None
    controller: str | None = None
    complete: bool = False
    professionals: bool = False
    as_of: datetime | None = None


class RecordSettings(Frozen, frozen=True, kw_only=True):
    """[[records]]: other things that logs name, and whose they are."""

    name: str
    paths: list[str] = []
    database: str | None = None
    query: str | None = None
    columns: dict[str, str]
    sources: list[str] = []
    registry: str | None = None
    as_of: datetime | None = None


class HistorySettings(Frozen, frozen=True, kw_only=True):
    """[[history]]: what tells of the past of a registry or of a table of records."""

    name: str
    of: str
    paths: list[str]
    format: Literal["copies", "audit", "hl7v2"] | None = None
    columns: dict[str, str | list[str]] = {}
    at: datetime | None = None
    dated: str | None = None
    table: str | None = None
    tells: list[str] = []
    period: Period | None = None


class FileSettings(Frozen, frozen=True, kw_only=True):
    """[[files]]: copies of the files that logs name; who and what stands in them is read."""

    name: str
    paths: list[str]
    sources: list[str] = []
    registry: str | None = None
    columns: dict[str, str | list[str]] = {}
    categories: dict[str, str] = {}
    as_of: datetime | None = None
    controller: str | None = None


class CatalogueSettings(Frozen, frozen=True, kw_only=True):
    """[catalogue]"""

    path: str = "catalogue.toml"
    version: str | None = None
    signed_by: str | None = None


class AccountSettings(Frozen, frozen=True, kw_only=True):
    """[[accounts]]: the directory of accounts."""

    paths: list[str]
    columns: dict[str, str]
    registry: str | None = None


class RelationSettings(Frozen, frozen=True, kw_only=True):
    """[[relations]]: who treats whom."""

    name: str
    paths: list[str]
    format: Literal["table", "hl7v2", "fhir"] | None = None
    columns: dict[str, str] = {}
    days_around: int = 30
    registry: str | None = None


class OperationSettings(Frozen, frozen=True, kw_only=True):
    """[[operations]]: declared bulk work."""

    account: str
    from_: datetime | None = None
    until: datetime | None = None
    why: str = ""


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


class SuppressSettings(Frozen, frozen=True, kw_only=True):
    """[[notify.suppress]]: persons who are not written to, by a rule with its reason."""

    name: str
    why: str
    registry: str | None = None
    paths: list[str] = []
    column: str = "person"
    controllers: list[str] = []
    categories: list[str] = []


class NoticeTexts(Frozen, frozen=True, kw_only=True):
    """[notify.fr], [notify.en]: what only the organisation can say, in one language."""

    known_as: str = ""
    what_happened: str = ""
    consequences: str = ""
    measures: str = ""
    authorities: str = ""
    apology: str = ""
    hours: str = ""


class EmailSettings(Frozen, frozen=True, kw_only=True):
    """[notify.email]: the relay that takes e-mail."""

    host: str = "127.0.0.1"
    port: int = 25
    from_: str = ""
    from_name: str = ""
    bounces: str = ""
    relay_log: str = ""
    seed: list[str] = []
    timeout: float = 60.0
    lease: float = 300.0
    batch: int = 50
    rate: float = 0.0
    when_uncertain: Literal["resend", "ask"] = "ask"


class PostSettings(Frozen, frozen=True, kw_only=True):
    """[notify.post]: where letters are dropped for the routing firm."""

    folder: str = "notices/post"
    recipient: str = ""
    provider: str = ""
    ca_file: str = ""
    timeout: float = 60.0
    sender_lines: list[str] = []
    two_sided: bool = True
    batch: int = 250
    keep_days: int = 30


class SmsSettings(Frozen, frozen=True, kw_only=True):
    """[notify.sms]: text messages, for whom nothing better reaches; who takes them."""

    use: bool = False
    from_name: str = ""
    known_as: str = ""
    folder: str = "notices/sms"
    recipient: str = ""
    provider: str = ""
    ca_file: str = ""
    timeout: float = 60.0
    batch: int = 1000
    keep_days: int = 30


class ProfessionalSettings(Frozen, frozen=True, kw_only=True):
    """[notify.professionals]: whose account was used, and who is not written to about it."""

    inform: bool = True
    hold_back: dict[str, str] = {}


class PartnerSettings(Frozen, frozen=True, kw_only=True):
    """[[notify.partners]]: an organisation that is told, and what is asked of it."""

    name: str
    why: str
    asked: list[str]
    lines: list[str] = []
    email: str = ""


class PlanSettings(Frozen, frozen=True, kw_only=True):
    """[notify.plan]: when a wave begins, and how fast it may go; for the forecast, nothing is held to it."""

    begins_at: datetime | None = None
    email_per_hour: int | None = None
    sms_per_hour: int | None = None
    post_per_day: int | None = None
    hours: tuple[int, int] = (0, 24)
    letter_days: int = 3
    domains: dict[str, int] = {}


class PriceSettings(Frozen, frozen=True, kw_only=True):
    """[notify.prices]: what a notice costs, for the forecast."""

    currency: str = "EUR"
    email: float | None = None
    sms: float | None = None
    letter: float | None = None
    page: float | None = None
    postage: dict[str, float] = {}
    sheet_grams: float = 5.0
    envelope_grams: float = 5.0


class CallSettings(Frozen, frozen=True, kw_only=True):
    """[notify.calls]: who calls after a notice, and who answers, for the forecast."""

    rates: dict[str, tuple[float, float]] = {}
    basis: str = ""
    hours: tuple[int, int] = (9, 18)
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    minutes: float = 6.0
    seconds: float = 60.0
    share: float = 0.8
    spread: tuple[float, ...] = (0.5, 0.25, 0.15, 0.1)


class NotifySettings(Frozen, frozen=True, kw_only=True):
    """[notify]: how persons are told."""

    inform: Literal["floor", "best", "ceiling"] = "best"
    language: Literal["fr", "en"] = "fr"
    variant: Literal["plain", "easy"] = "plain"
    prefer: Literal["email", "post"] = "email"
    sender: str = ""
    phone: str = ""
    contact_email: str = ""
    dpo: str = ""
    page: str = ""
    mailbox_persons: int = 5
    fr: NoticeTexts = NoticeTexts()
    en: NoticeTexts = NoticeTexts()
    suppress: list[SuppressSettings] = []
    email: EmailSettings = EmailSettings()
    post: PostSettings = PostSettings()
    sms: SmsSettings = SmsSettings()
    plan: PlanSettings = PlanSettings()
    prices: PriceSettings = PriceSettings()
    calls: CallSettings = CallSettings()
    professionals: ProfessionalSettings = ProfessionalSettings()
    partners: list[PartnerSettings] = []


class WebhookSettings(Frozen, frozen=True, kw_only=True):
    """[watch.webhook]: alarms are posted there, signed; the secret is in `TOCSIN_WATCH_SECRET` or a file."""

    url: str
    secret_file: str | None = None
    ca_file: str | None = None
    timeout: float = 10.0


class SyslogSettings(Frozen, frozen=True, kw_only=True):
    """[watch.syslog]: alarms as syslog messages (RFC 5424)."""

    address: str
    ca_file: str | None = None
    timeout: float = 10.0


class AlarmMailSettings(Frozen, frozen=True, kw_only=True):
    """[watch.email]: alarms by e-mail, through a relay of ours."""

    to: list[str]
    from_: str
    host: str = "127.0.0.1"
    port: int = 25
    timeout: float = 10.0


class WatchSettings(Frozen, frozen=True, kw_only=True):
    """[watch]: how `tocsin watch` follows the logs, and whom it alarms."""

    every: float = 5.0
    detect_hours: float = 24.0
    burst_minute: int = 30
    repeat_days: float = 30.0
    silent_minutes: float = 60.0
    language: Literal["fr", "en"] = "fr"
    webhook: WebhookSettings | None = None
    syslog: SyslogSettings | None = None
    email: AlarmMailSettings | None = None


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
