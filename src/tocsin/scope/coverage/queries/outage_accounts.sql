-- SPDX-License-Identifier: Apache-2.0
-- outage_accounts: who usually works at the hours of an outage, and got nothing then.
--   Usually: in the seven days before, at an hour of the day that the outage holds.
-- reads   outage_spans, worker_hours, workers
-- gives   outage_accounts: one row per outage and account, or address where no account is logged
with hours as (
    select
        o.outage,
        hour(h.hour) as hour_of_day,
        count(*) as times
    from outage_spans as o
    inner join worker_hours as h
        on h.source = o.source
        and h.is_out
        and h.hour between o.first_hour and o.last_hour
    group by
        o.outage,
        hour(h.hour)
),
usual as (
    select
        o.outage,
        o.source,
        w.who,
        w.is_account,
        list_distinct(list(hour(w.hour))) as hours_of_day
    from outage_spans as o
    inner join workers as w
        on w.source = o.source
        and w.hour < o.first_hour
        and w.hour >= o.first_hour - interval 7 day
    group by
        o.outage,
        o.source,
        w.who,
        w.is_account
)
select
    u.outage,
    u.who as account,
    u.is_account,
    cast(sum(h.times) as bigint) as usual_hours
from usual as u
inner join hours as h
    on h.outage = u.outage
    and list_contains(u.hours_of_day, h.hour_of_day)
where not exists (
    select 1
    from workers as w
    inner join outage_spans as o
        on o.outage = u.outage
    where w.source = u.source
        and w.who = u.who
        and w.hour between o.first_hour and o.last_hour
)
group by
    u.outage,
    u.who,
    u.is_account
