-- SPDX-License-Identifier: Apache-2.0
-- sql_persons_found: whom each event's statement showed; a set of categories is a number, one bit each.
-- reads   sql_judged_rows, sql_persons
-- gives   sql_persons_found: one row per event, rule, local id, record, protection and certainty
-- binds   $database, $possible, $exact
with shown as (
    select
        j.event_id,
        j.rule,
        p.* exclude (call, sure, is_total),
        -- As many rows as can have been: all of them were.
        case
            when not $possible or j.logged_rows = j.most_rows then p.sure
            else 0
        end as sure,
        $exact
            and p.is_total
            and (j.logged_rows is null or j.logged_rows between j.least_rows and j.most_rows) as exact
    from sql_judged_rows as j
    inner join sql_persons as p
        on p.call = j.call
    where p.person is not null
),
told as (
    select *, 'clear' as protection, true as is_certain, sure as mask
    from shown
    union all
    select *, 'clear', false, clear & ~sure
    from shown
    union all
    select *, 'encrypted', true, hidden & ~clear
    from shown
)
select
    event_id,
    rule,
    registry,
    person,
    record_type,
    record,
    protection,
    is_certain,
    exact and is_certain,
    mask,
    $database
from told
where mask <> 0
