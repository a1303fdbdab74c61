-- SPDX-License-Identifier: Apache-2.0
-- session_terms: each session's evidence as so many of so many, term by term.
--   Places count once the account has a habit; relations only where there are any.
-- reads   session_features, role_hours, relations
-- gives   session_terms: one row per session and term that can say something
-- binds   $settled
with

sessions as (
    select
        f.*,
        h.share < 0.02 as is_odd_hour
    from session_features as f
    left join role_hours as h
      on h.role = f.role
     and h.hour = f.hour
    where not f.is_declared
),

terms as (
    select session, 'no_relation' as term, unexplained as k, new_persons as n
    from sessions
    where exists (select 1 from relations)
    union all
    select session, 'no_colleague' as term, unshared as k, unexplained as n
    from sessions
    where organisation is not null
    union all
    select session, 'no_tie' as term, untied as k, elsewhere as n from sessions
    union all
    select session, 'near_ids' as term, near_pairs as k, pairs as n from sessions
    union all
    select session, 'broad_searches' as term, broad_searches as k, searches as n from sessions
    union all
    select session, 'sweep' as term, rising as k, steps as n from sessions
    union all
    select
        session,
        'new_place' as term,
        cast(is_new_device as bigint) + cast(is_new_address as bigint) as k,
        cast(device is not null as bigint) + cast(address is not null as bigint) as n
    from sessions
    where turn > $settled
    union all
    select session, 'odd_hour' as term, cast(is_odd_hour as bigint) as k, 1 as n
    from sessions
    where is_odd_hour is not null
    union all
    select session, 'no_write' as term, cast(writes = 0 as bigint) as k, 1 as n
    from sessions
    where new_persons > 0
)

select
    t.session,
    s.actor,
    s.role,
    s.first_at,
    t.term,
    cast(t.k as bigint) as k,
    cast(t.n as bigint) as n
from terms as t
join sessions as s
  on s.session = t.session
where t.n > 0
