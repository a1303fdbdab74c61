-- SPDX-License-Identifier: Apache-2.0
-- timed_pairs: two events of two sources that ask the same thing at the same time, one to one.
--   Times are laid on one another by the median of that day; each stands alone in its source, so a pair is the only
--   one. Two that bear different requests are two acts.
-- reads   lone_acts, steady_clocks
-- gives   timed_pairs: one row per two events
-- binds   $window_us
with shifted as (
    select
        a.event_id,
        a.source,
        a.act_key,
        a.has_request,
        a.in_scope,
        c.other,
        a.told_us + c.median_us as told_us
    from lone_acts as a
    inner join steady_clocks as c
        on c.source = a.source
        and c.day = date_trunc('day', a.occurred_at)
    where a.is_lone
        and a.is_free
        and c.other > c.source
),
placed as (
    select
        *,
        told_us // $window_us + unnest([-1, 0, 1]) as slot
    from shifted
)
select
    p.event_id,
    b.event_id as other_id
from placed as p
inner join lone_acts as b
    on b.act_key = p.act_key
    and b.source = p.other
    and b.told_us // $window_us = p.slot
where b.is_lone
    and b.is_free
    and not (p.has_request and b.has_request)
    and (p.in_scope or b.in_scope)
    and abs(b.told_us - p.told_us) <= $window_us
