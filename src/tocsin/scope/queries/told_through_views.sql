-- SPDX-License-Identifier: Apache-2.0
-- told_through_views: tables that a statement does not name, read through a view that it does: the same rows again.
-- reads   unknown_events, fates, scoped, events
-- gives   told_through_views: one row per event; the view's record of the same statement bounds it
with told as (
    select
        u.event_id,
        u.reason,
        u.bound,
        u.categories,
        u.record_type,
        s.source,
        s.account,
        s.strength,
        e.request,
        upper(e.object_type) as kind,
        e.items,
        e.query,
        contains(lower(e.query), lower(string_split(e.object, '.')[-1])) as is_named
    from unknown_events as u
    inner join fates as f
        on f.event_id = u.event_id
        and f.fate = 'unresolved'
    inner join scoped as s
        on s.event_id = u.event_id
    inner join events as e
        on e.event_id = u.event_id
    where e.request is not null
        and e.object is not null
        and e.query is not null
        and u.bound = e.items
)
select t.event_id
from told as t
where t.kind = 'TABLE'
    and not t.is_named
    and exists (
        select 1
        from told as v
        where v.kind in ('VIEW', 'MATERIALIZED VIEW')
            and v.is_named
            and v.source = t.source
            and v.account is not distinct from t.account
            and v.strength <= t.strength
            and v.request = t.request
            and v.query = t.query
            and v.items = t.items
            and v.reason = t.reason
            and v.categories is not distinct from t.categories
            and v.record_type is not distinct from t.record_type
    )
