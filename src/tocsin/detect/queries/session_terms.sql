-- SPDX-License-Identifier: Apache-2.0
-- session_terms: each session's evidence as so many of so many, term by term.
--   Places count once the account has a habit; relations only where there are any.
-- reads   session_features, role_hours, relations
-- gives   session_terms: one row per session and term that can say something, as narrow as it can be
-- binds   $settled
with

sessions as (
    select
        f.session,
        f.actor,
        cast(f.turn as integer) as turn,
        f.* exclude (session, actor, turn),
        h.share < 0.02 as is_odd_hour
    from session_features as f
    left join role_hours as h
      on h.role = f.role
     and h.hour = f.hour
    where not f.is_declared
),

terms as (
    select session, actor, turn, 'no_relation' as term, unexplained as k, new_persons as n
    from sessions
    where exists (select 1 from relations)
    union all
    select session, actor, turn, 'no_colleague' as term, unshared as k, unexplained as n
    from sessions
    where organisation is not null
    union all
    select session, actor, turn, 'no_tie' as term, untied as k, elsewhere as n from sessions
    union all
    select session, actor, turn, 'near_ids' as term, near_pairs as k, pairs as n from sessions
    union all
    select session, actor, turn, 'broad_searches' as term, broad_searches as k, searches as n from sessions
    union all
    select session, actor, turn, 'sweep' as term, rising as k, steps as n from sessions
    union all
    select
        session,
        actor,
        turn,
        'new_place' as term,
        cast(is_new_device as bigint) + cast(is_new_address as bigint) as k,
        cast(device is not null as bigint) + cast(address is not null as bigint) as n
    from sessions
    where turn > $settled
    union all
    select session, actor, turn, 'odd_hour' as term, cast(is_odd_hour as bigint) as k, 1 as n
    from sessions
    where is_odd_hour is not null
    union all
    select session, actor, turn, 'no_write' as term, cast(writes = 0 as bigint) as k, 1 as n
    from sessions
    where new_persons > 0
)

-- A few names in order of the alphabet: they sort and compare as numbers do.
select
    session,
    actor,
    turn,
    cast(term as enum (
        'broad_searches', 'near_ids', 'new_place', 'no_colleague', 'no_relation', 'no_tie', 'no_write', 'odd_hour',
        'sweep', 'volume'
    ))                 as term,
    cast(k as integer) as k,
    cast(n as integer) as n
from terms
where n > 0
