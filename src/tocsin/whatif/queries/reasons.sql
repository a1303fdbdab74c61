-- SPDX-License-Identifier: Apache-2.0
-- reasons: through which source and account each of the persons was shown.
-- reads   concerned, persons, disclosures, judged, events
-- gives   reasons: one row per person, source and account
select
    c.person_id,
    e.source,
    e.account,
    count(distinct d.event_id) as events
from concerned as c
inner join persons as p
    on p.person_id = c.person_id
inner join disclosures as d
    on d.registry = p.registry
    and d.person = p.person
inner join judged as j
    on j.event_id = d.event_id
    and j.verdict <> 'legitimate'
inner join events as e
    on e.event_id = d.event_id
group by
    c.person_id,
    e.source,
    e.account
