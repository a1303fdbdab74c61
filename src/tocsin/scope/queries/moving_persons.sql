-- SPDX-License-Identifier: Apache-2.0
-- moving_persons: who was responsible at the event, where that changed over time.
-- reads   shown, scoped, held_persons, several_persons
-- gives   moving_persons: one row per event, registry and person
with told as (
    select distinct
        s.event_id,
        s.registry,
        s.person,
        e.occurred_at
    from shown as s
    inner join several_persons as f
        on f.registry = s.registry
        and f.person = s.person
    inner join scoped as e
        on e.event_id = s.event_id
    where f.moves
),
held as (
    select
        t.event_id,
        t.registry,
        t.person,
        h.controller,
        row_number() over (
            partition by
                t.event_id,
                t.registry,
                t.person
            order by
                case
                    when coalesce(h.valid_from <= t.occurred_at, true)
                        and coalesce(t.occurred_at < h.valid_until, true)
                        then 0
                    when h.valid_from <= t.occurred_at then 1
                    else 2
                end,
                abs(epoch_us(t.occurred_at) - epoch_us(coalesce(h.valid_from, h.valid_until))),
                h.controller
        ) as place
    from told as t
    inner join held_persons as h
        on h.registry = t.registry
        and h.person = t.person
)
select
    event_id,
    registry,
    person,
    controller
from held
where place = 1
