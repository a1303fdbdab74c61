# SPDX-License-Identifier: Apache-2.0
"""[notify]: what is said to persons, by which channels, and what the forecast of a wave supposes.

Each struct is one table of case.toml; fields are its keys.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tocsin.core.settings.frozen import Frozen


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
    variant: Literal["plain", "easy"] = "plain"
    hold_back: dict[str, str] = {}


class PartnerSettings(Frozen, frozen=True, kw_only=True):
    """[[notify.partners]]: an organisation that is told, and what is asked of it."""

    name: str
    why: str
    asked: list[str]
    lines: list[str] = []
    email: str = ""


class PlanSettings(Frozen, frozen=True, kw_only=True):
    """[notify.plan]: when a wave begins, and how fast it may go: the forecast follows it, and the sending."""

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
