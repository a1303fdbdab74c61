-- SPDX-License-Identifier: Apache-2.0
-- account_acts: what an account did and whom it obtained within some time.
-- reads   events, obtained_persons
-- gives   one row: events, distinct persons, and the first of its events, those that showed somebody before
-- binds   $account, $first_at, $log_at, $most
with

acts as (
    select
        e.event_id,
        e.occurred_at,
        e.event_id in (select event_id from obtained_persons) as shows
    from events as e
    where e.account = $account
      and e.occurred_at between $first_at and $log_at
)

select
    (select count(*) from acts)                         as events,
    (
        select count(distinct concat_ws(' ', registry, person))
        from obtained_persons
        where account = $account
          and occurred_at between $first_at and $log_at
    )                                                   as persons,
    (
        select list(event_id order by place)
        from (
            select
                event_id,
                row_number() over (order by not shows, occurred_at, event_id) as place
            from acts
            qualify place <= $most
        ) as first_acts
    )                                                   as event_ids
