# SPDX-License-Identifier: Apache-2.0
"""Every fact by the name that the model files call it."""

from __future__ import annotations

from typing import Final

from tocsin.declare.facts import categories, measures, nature, notification, parties, persons, timeline
from tocsin.declare.facts.known import Fact

FACTS: Final[dict[str, Fact]] = {
    fact.__name__: fact
    for fact in (
        categories.claims_told,
        categories.data_type,
        categories.extent,
        categories.identifiable,
        measures.cnil_cause,
        measures.cnil_told,
        measures.effect,
        measures.effect_on,
        measures.impact,
        measures.measure_before,
        measures.measures_description,
        measures.measures_taken,
        measures.risk_method,
        measures.risk_outcome,
        nature.confidentiality_type,
        nature.description,
        nature.established,
        nature.incident,
        nature.nature,
        nature.path,
        nature.systems,
        nature.traces,
        nature.unintelligible,
        notification.attachment,
        notification.late,
        notification.notification_subtype,
        notification.notification_type,
        notification.other_authorities,
        notification.police,
        notification.previous_id,
        notification.reference,
        notification.which_authorities,
        parties.controller_id,
        parties.controller_id_type,
        parties.controller_name,
        parties.finess,
        parties.organisation,
        parties.our_contact,
        parties.our_name,
        parties.parties_count,
        parties.parties_involved,
        parties.parties_names,
        persons.cnil_range,
        persons.persons_category,
        persons.persons_certainty,
        persons.persons_number,
        persons.range_told,
        persons.records_certainty,
        persons.records_number,
        timeline.aware_at,
        timeline.begin,
        timeline.date_method,
        timeline.discovery,
        timeline.end,
        timeline.estimated,
        timeline.occurrence,
        timeline.processor_aware_at,
        timeline.timeline_comments,
    )
}
