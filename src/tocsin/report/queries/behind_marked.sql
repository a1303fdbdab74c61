-- SPDX-License-Identifier: Apache-2.0
-- behind_marked: the events that disclosed persons who bear a mark.
-- reads   shown, exposed
-- gives   behind: one row per event
-- binds   $mark

with

marks as (
    select
        person_id,
        bool_or(is_outside) as not_in_registry,
        bool_or(is_test) as test_identities,
        bool_or(false_key) as false_keys
    from exposed
    group by person_id
),

readings as (
    select
        person_id,
        bool_or(level is not null) as counts
    from shown
    group by person_id
)

select distinct s.event_id
from shown as s
join marks as m
  on m.person_id = s.person_id
join readings as r
  on r.person_id = s.person_id
where case $mark
    when 'not_in_registry' then m.not_in_registry and s.level is not null
    when 'test_identities' then m.test_identities
    when 'false_keys' then m.false_keys and s.level is not null
    else s.is_encrypted and not r.counts
end
