-- SPDX-License-Identifier: Apache-2.0
-- identities_count: persons that need a remark: not in a registry, test identities, false keys, unreadable.
-- reads   counted, exposed
-- gives   one row

with

readings as (
    select
        person_id,
        bool_or(level is not null) as counts,
        bool_or(is_encrypted) as is_encrypted
    from counted
    group by person_id
),

marks as (
    select
        person_id,
        bool_or(is_outside) as is_outside,
        bool_or(is_test) as is_test,
        bool_or(false_key) as false_key
    from exposed
    group by person_id
)

select
    count(*) filter (where m.is_outside and r.counts) as not_in_registry,
    count(*) filter (where m.is_test) as test_identities,
    count(*) filter (where m.false_key and r.counts) as false_keys,
    count(*) filter (where r.is_encrypted and not r.counts) as unreadable
from marks as m
join readings as r
  on r.person_id = m.person_id
