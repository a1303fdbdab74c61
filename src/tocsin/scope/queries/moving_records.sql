-- SPDX-License-Identifier: Apache-2.0
-- moving_records: date and controller, as of the event, of the records that have several rows.
-- reads   shown, scoped, held_records, several_records
-- gives   moving_records: one row per event, record and person
with told as (
    select distinct
        s.event_id,
        s.record_type,
        s.record,
        s.person,
        e.occurred_at
    from shown as s
    inner join several_records as f
        on f.record_type = s.record_type
        and f.record = s.record
    inner join scoped as e
        on e.event_id = s.event_id
),
held as (
    select
        t.event_id,
        t.record_type,
        t.record,
        t.person,
        r.at,
        r.controller,
        row_number() over (
            partition by
                t.event_id,
                t.record_type,
                t.record,
                t.person
            order by
                case when r.person is not distinct from t.person then 0 else 1 end,
                case
                    when coalesce(r.valid_from <= t.occurred_at, true)
                        and coalesce(t.occurred_at < r.valid_until, true)
                        then 0
                    when r.valid_from <= t.occurred_at then 1
                    else 2
                end,
                abs(epoch_us(t.occurred_at) - epoch_us(coalesce(r.valid_from, r.valid_until))),
                r.controller,
                r.at
        ) as place
    from told as t
    inner join held_records as r
        on r.record_type = t.record_type
        and r.record = t.record
)
select
    event_id,
    record_type,
    record,
    person,
    h.at,
    controller
from held as h
where place = 1
