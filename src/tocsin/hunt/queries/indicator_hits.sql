-- SPDX-License-Identifier: Apache-2.0
-- indicator_hits: what each indicator was seen in.
-- reads   clause_hits, windows, events, judged
-- gives   one row per indicator that was seen, in part at least
with hits as (
    select
        indicator,
        event_id,
        count(distinct part) as parts
    from clause_hits
    group by
        indicator,
        event_id
),
parts as (
    select
        indicator,
        cast(count(distinct part) as bigint) as parts
    from clause_hits
    group by indicator
),
acts as (
    select
        h.indicator,
        e.event_id,
        e.occurred_at,
        e.source,
        e.account,
        list_distinct(list_append(coalesce(e.persons, []), e.person)) as named,
        e.person_domain,
        e.event_id in (select j.event_id from judged as j) as is_judged,
        (w.valid_from is null or e.occurred_at >= w.valid_from)
            and (w.valid_until is null or e.occurred_at < w.valid_until) as is_valid
    from hits as h
    inner join events as e
        on e.event_id = h.event_id
    inner join windows as w
        on w.indicator = h.indicator
),
named as (
    select
        indicator,
        cast(count(distinct (coalesce(person_domain, ''), person)) as bigint) as local_ids
    from (
        select
            indicator,
            person_domain,
            unnest(named) as person
        from acts
    )
    where person is not null
    group by indicator
)
select
    a.indicator,
    p.parts,
    cast(count(*) as bigint) as events,
    cast(count(*) filter (where a.is_valid) as bigint) as valid_events,
    cast(count(*) filter (where not a.is_judged) as bigint) as outside_scope,
    cast(count(distinct a.account) as bigint) as accounts,
    coalesce(n.local_ids, 0) as local_ids,
    min(a.occurred_at) as first_at,
    max(a.occurred_at) as last_at,
    list(distinct a.source order by a.source) as sources
from acts as a
inner join parts as p
    on p.indicator = a.indicator
left join named as n
    on n.indicator = a.indicator
group by
    a.indicator,
    p.parts,
    n.local_ids
order by a.indicator
