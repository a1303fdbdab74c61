-- SPDX-License-Identifier: Apache-2.0
-- seen_persons: whom each access obtained, as numbers.
-- reads   obtained_persons, met_persons, actors
-- gives   seen_persons: one row per event and local id, accounts together
-- binds   (none)
select
    o.event_id,
    o.occurred_at,
    p.number,
    a.actor
from obtained_persons as o
join met_persons as p
  on p.person = o.person
 and p.registry is not distinct from o.registry
join actors as a
  on a.account = o.account
