-- SPDX-License-Identifier: Apache-2.0
-- listed: the first of the persons, each with the sources and accounts that showed them.
-- reads   concerned, reasons
-- gives   one row per person
-- binds   $most
select
    c.person_id,
    c.was,
    c.now,
    list(
        {'source': r.source, 'account': r.account, 'events': r.events}
        order by r.events desc, r.source, r.account
    ) filter (where r.person_id is not null) as reasons
from concerned as c
left join reasons as r
    on r.person_id = c.person_id
group by
    c.person_id,
    c.was,
    c.now
order by c.person_id
limit $most
