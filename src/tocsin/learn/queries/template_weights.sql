-- SPDX-License-Identifier: Apache-2.0
-- template_weights: what was asked for, the heaviest first.
-- reads   scoped, rule_hits, asked_objects, walked
-- gives   one row per source, action and template, or type of object where no object is logged
with templates as (
    select
        o.source,
        o.action,
        o.object,
        w.prefix || case when o.has_tail then '/**' else '' end as template,
        case when len(w.varying) > 0 then array_to_string(w.varying, '/') end as varying,
        to_json(w.measured) as measured
    from asked_objects as o
    inner join walked as w
        on w.object_id = o.object_id
),
-- What a protocol does is of a type; what it names beside (an application, a service) is no path.
typed as (
    select
        *,
        object is null
            or (action = 'other' and object_type is not null and not starts_with(object, '/')) as is_typed
    from scoped
),
acts as (
    select
        e.event_id,
        e.source,
        e.action,
        case when e.is_typed then e.object_type end as object_type,
        t.template,
        t.measured,
        coalesce(t.varying, e.record, e.person, e.persons[1]) as id,
        e.object,
        e.account,
        e.bytes,
        e.kind,
        e.occurred_at,
        coalesce(len(e.persons) > 0, false)
            or e.person is not null
            or e.record is not null as names_own,
        e.kind in ('open', 'failed') and e.event_id in (select h.event_id from rule_hits as h) as is_covered
    from typed as e
    left join templates as t
        on t.source = e.source
        and t.action = e.action
        and t.object = e.object
        and not e.is_typed
)
select
    source,
    action,
    object_type,
    template,
    measured,
    cast(count(*) as bigint) as events,
    cast(count(*) filter (where kind = 'open') as bigint) as open,
    cast(count(*) filter (where kind = 'open' and not is_covered) as bigint) as uncovered,
    cast(count(*) filter (where is_covered) as bigint) as covered,
    cast(count(*) filter (where names_own) as bigint) as names_own,
    cast(count(distinct id) as bigint) as ids,
    cast(count(distinct object) as bigint) as samples,
    cast(count(distinct account) as bigint) as accounts,
    cast(quantile_disc(bytes, 0.5) as bigint) as bytes_median,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from acts
group by
    source,
    action,
    object_type,
    template,
    measured
order by
    events desc,
    source,
    action,
    template nulls last,
    object_type nulls last
