-- SPDX-License-Identifier: Apache-2.0
-- held_back: persons whose notice was released and not sent, since something of them had moved.
-- reads   sent_back, persons
-- gives   held_back: one row per person, under the number of today

select distinct coalesce(p.person_id, s.person_id) as person_id
from sent_back as s
left join persons as p
  on p.own_id = s.person_id
