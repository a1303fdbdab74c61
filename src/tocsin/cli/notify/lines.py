# SPDX-License-Identifier: Apache-2.0
"""What `tocsin notify` says to people: whom to tell, what was sent, the balance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from tocsin.core.words import Words, _, visible
from tocsin.notify.after import Balance
from tocsin.notify.packs import Packs
from tocsin.notify.receipts import Receipts
from tocsin.notify.run import Recipients
from tocsin.notify.sending import Sent

CHANNELS: Final = {
    "email": _("by e-mail"),
    "post": _("by post"),
    "sms": _("by text message"),
    "none": _("no way to reach them"),
    "suppressed": _("not to be written to"),
}

KINDS: Final = {
    "person": _("Persons whose data were seen:"),
    "professional": _("Professionals whose own data were seen:"),
    "account": _("Professionals whose account was used:"),
}

REASONS: Final = {
    "": "",
    "best_way": _("the best way"),
    "representative": _("to the representative"),
    "minor_by_post": _("minors, to their legal representatives"),
    "minor_without_address": _("minors without a postal address"),
    "mailbox_shared": _("their mailbox is shared by too many"),
    "email_wrong": _("their e-mail address is wrong"),
    "no_email": _("no e-mail address"),
    "contact_wrong": _("their contact data are wrong"),
    "no_contact": _("no contact data"),
    "not_in_registry": _("not in the registry"),
    "name_missing": _("no name in the registry"),
    "representative_unknown": _("their representative is not in the registry"),
    "deceased": _("deceased, without a representative"),
    "rule": _("a rule of the case"),
    "asked_not_to": _("asked not to be written to again"),
    "not_me": _("it reached somebody else: to be looked at"),
    "moved": _("moved: the new way that was given"),
    "nothing_left": _("concerned no more, and nothing had left"),
    "superseded": _("replaced by a later notice"),
    "answer_not_me": _("it reached somebody else: to be looked at"),
    "answer_moved": _("moved: release them again"),
    "answer_guardian": _("a representative was named: release them again"),
    "after_return": _("after a letter that came back"),
    "after_bounce": _("after an e-mail that came back"),
    "after_undelivered": _("after a text message that did not arrive"),
    "only_mobile": _("neither mailbox nor address, but a mobile number"),
    "contact_untrusted": _("only contact data that the thief may hold"),
    "facts_changed": _("what is known of them has changed: release them again"),
}

FAULTS: Final = {
    "email_malformed": _("e-mail address badly formed"),
    "email_not_ascii": _("e-mail address with accents or invisible characters"),
    "email_placeholder": _("e-mail address that stands for none"),
    "phone_malformed": _("telephone number badly formed"),
    "phone_not_mobile": _("telephone number that is not a mobile: no text message"),
    "contact_changed": _("contact data changed since the account was stolen: not used"),
    "contact_undated": _("nobody says since when the contact data hold: only the address is used"),
    "contact_of_account": _("mailbox that the stolen account itself opens: not used"),
    "address_no_postcode": _("postal address without a postcode and a town at its end"),
    "address_bad_postcode": _("postal address with a postcode that does not exist"),
    "address_no_street": _("postal address without a street"),
    "address_incomplete": _("foreign address too short"),
    "address_too_long": _("postal address longer than six lines of 38 characters"),
    "name_missing": _("no name in the registry"),
}

WHYS: Final = {
    "new": _("to be told for the first time"),
    "categories": _("other data were seen"),
    "certainty": _("what was seen is surer"),
    "period": _("the dates are others"),
    "controllers": _("other organisations held the data"),
    "route": _("a new way was given"),
    "route_found": _("a way was found"),
    "held_back": _("a notice that was held back"),
    "again": _("concerned again"),
    "withdrawn": _("told, and concerned no more"),
}

BOXES: Final = {
    "delivered": _("delivered"),
    "failed": _("failed"),
    "no_route": _("no way to reach them"),
    "public": _("told by the public notice"),
    "suppressed": _("not to be written to"),
    "queued": _("waiting to leave"),
    "sending": _("being sent"),
    "accepted": _("taken by the carrier"),
    "uncertain": _("uncertain: a person must decide"),
    "not_released": _("not released yet"),
}


def why_lines(words: Words, reasons: Mapping[str, int]) -> Iterator[str]:
    """Why the persons of a wave are in it."""
    for why, persons in reasons.items():
        yield f"  {words.number(persons):>10}  {words.text(WHYS[why])}"


def receipt_line(words: Words, taken: Receipts) -> str:
    """A carrier's file, every row of it."""
    return words.text(
        _(
            "Rows from the carrier: {rows}; delivered: {delivered}; returned: {returned}; already known:"
            " {repeated}; not ours: {unknown}; that say neither: {other}."
        ),
        **asdict(taken),
    )


def recipient_lines(words: Words, found: Recipients) -> Iterator[str]:
    """Whom to tell, by way and reason; what is wrong."""
    yield words.plural("{n} person to inform.", "{n} persons to inform.", found.to_inform)
    kinds = {way.kind for way in found.ways}
    shown = ""
    for way in found.ways:
        if kinds != {"person"} and way.kind != shown:
            shown = way.kind
            yield words.text(KINDS[shown])
        reason = words.text(REASONS[way.reason]) if way.reason in REASONS else way.reason
        rule = f" ({visible(way.rule)})" if way.rule else ""
        yield f"  {words.number(way.persons):>10}  {words.text(CHANNELS[way.channel])} – {reason}{rule}"
    if found.faults:
        yield words.text(_("Wrong in the contact data:"))
    for fault, persons in found.faults.items():
        yield f"  {words.number(persons):>10}  {words.text(FAULTS[fault])}"


def sent_line(words: Words, channel: str, sent: Sent) -> str:
    """What one channel did."""
    return words.text(
        _("{channel}: {handed} handed over, {deferred} put off, {refused} refused, {uncertain} uncertain."),
        channel=words.text(CHANNELS[channel]),
        handed=sent.handed,
        deferred=sent.deferred,
        refused=sent.refused,
        uncertain=sent.uncertain,
    )


def held_line(words: Words, channel: str, sent: Sent, zone: str) -> str:
    """From when on the limits of [notify.plan] let what waits leave."""
    return words.text(
        _("{channel}: the rest may leave from {at} on. Run the same command again then."),
        channel=words.text(CHANNELS[channel]),
        at=words.instant(datetime.fromisoformat(sent.goes_on_at), zone),
    )


def balance_lines(words: Words, found: Balance, reasons: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """The sum and its boxes, empty ones left out."""
    yield words.plural("{n} person to inform.", "{n} persons to inform.", found.to_inform)
    boxes = {
        "delivered": found.delivered,
        "failed": found.failed,
        "no_route": found.no_route,
        "public": found.public,
        "suppressed": found.suppressed,
        **found.under_way,
        "not_released": found.not_released,
    }
    for box, persons in boxes.items():
        if not persons:
            continue
        yield f"  {words.number(persons):>10}  {words.text(BOXES[box])}"
        for row in reasons:
            if row["state"] == box and row["reason"] in REASONS and row["reason"]:
                said = words.text(REASONS[str(row["reason"])])
                yield f"  {'':>10}    {words.number(int(str(row['persons'])))} – {said}"
    yield from _kind_lines(words, found)
    if found.to_release_again:
        yield words.plural(
            "{n} person must be told anew: release a further wave.",
            "{n} persons must be told anew: release a further wave.",
            found.to_release_again,
        )
    yield words.text(_("The balance is closed.") if found.is_closed else _("The balance is not closed yet."))


def _kind_lines(words: Words, found: Balance) -> Iterator[str]:
    """Each kind of notice on a line of its own, where there are several."""
    if set(found.kinds) <= {"person"}:
        return
    for kind, boxes in sorted(found.kinds.items(), key=lambda one: list(KINDS).index(one[0])):
        told = ", ".join(f"{words.number(n)} {words.text(BOXES[box])}" for box, n in boxes.items())
        yield f"{words.text(KINDS[kind])} {words.number(sum(boxes.values()))} – {told}"


def pack_lines(words: Words, done: Packs) -> Iterator[str]:
    """How many packs, and how what they hold adds up."""
    yield words.text(
        _("{controllers} packs, {sealed} of them sealed; {persons} persons to inform of {total}."),
        controllers=done.controllers,
        sealed=done.sealed,
        persons=done.persons,
        total=done.to_inform,
    )
    if done.several:
        yield words.plural(
            "{n} person is known to several controllers: the packs hold {named} in all.",
            "{n} persons are known to several controllers: the packs hold {named} in all.",
            done.several,
            named=done.persons + done.again,
        )
    if done.without:
        yield words.plural(
            "{n} person stands in no pack: no controller is known for them.",
            "{n} persons stand in no pack: no controller is known for them.",
            done.without,
        )
