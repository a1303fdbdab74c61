-- SPDX-License-Identifier: Apache-2.0
-- session_sights: distinct persons of each session, new ones, and near-consecutive numbers.
-- reads   bucket_views
-- gives   session_sights: one row per session that saw somebody
-- binds   (none)
with

ordered as (
    select
        session,
        actor,
        is_new,
        digits,
        lag(digits) over (
            partition by session
            order by seen_at, digits
        ) as digits_before
    from bucket_views
)

select
    session,
    any_value(actor)                                                                    as actor,
    cast(count(*) as integer)                                                           as persons,
    cast(count(*) filter (where is_new) as integer)                                     as new_persons,
    cast(count(digits - digits_before) as integer)                                      as pairs,
    cast(count(*) filter (where abs(digits - digits_before) between 1 and 3) as integer) as near_pairs
from ordered
group by session
