-- SPDX-License-Identifier: Apache-2.0
-- disputes: suspects of one rank, the first of their event, that give it different verdicts.
-- reads   matched, first_matches, ranked_suspects
-- gives   disputes: one row per two suspects
with rivals as (
    select
        m.event_id,
        r.suspect_id,
        r.verdict
    from first_matches as f
    inner join ranked_suspects as h
        on h.turn = f.turn
    inner join matched as m
        on m.event_id = f.event_id
    inner join ranked_suspects as r
        on r.suspect_id = m.suspect_id
    where f.matches > 1
        and r.place = h.place
)
select
    one.suspect_id,
    other.suspect_id as other_id,
    cast(count(*) as bigint) as events
from rivals as one
inner join rivals as other
    on other.event_id = one.event_id
    and other.suspect_id > one.suspect_id
    and other.verdict <> one.verdict
group by
    one.suspect_id,
    other.suspect_id
