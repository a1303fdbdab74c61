-- SPDX-License-Identifier: Apache-2.0
-- clause_hits: the events that pass all tests of a clause, within the bounds of its indicator.
-- reads   test_hits, tests, windows, events
-- gives   clause_hits: one row per event and indicator part
with passed as (
    select
        t.indicator,
        t.part,
        t.clause,
        t.needed,
        h.event_id
    from test_hits as h
    inner join tests as t
        on t.test = h.test
    group by
        t.indicator,
        t.part,
        t.clause,
        t.needed,
        h.event_id
    having count(distinct h.test) = t.needed
)
select distinct
    p.indicator,
    p.part,
    p.event_id
from passed as p
inner join windows as w
    on w.indicator = p.indicator
inner join events as e
    on e.event_id = p.event_id
where (w.from_at is null or e.occurred_at >= w.from_at)
    and (w.until_at is null or e.occurred_at < w.until_at)
