-- SPDX-License-Identifier: Apache-2.0
-- told_through_views: tables that a statement does not name, read through a view that it does: the same rows again.
-- reads   unknown_events, fates, scoped, events
-- gives   told_through_views: one row per event; the view's record of the same statement bounds it
with bounded as (
    select
        u.event_id,
        u.reason,
        u.bound,
        u.categories,
        u.record_type,
        s.source,
        s.account,
        s.strength,
        s.request,
        s.object,
        upper(s.object_type) as kind
    from unknown_events as u
    inner join scoped as s
        on s.event_id = u.event_id
    where s.request is not null
        and s.object is not null
        and u.bound = s.items
        and upper(s.object_type) in ('TABLE', 'VIEW', 'MATERIALIZED VIEW')
),
told as (
    select
        b.*,
        e.query,
        contains(lower(e.query), lower(string_split(b.object, '.')[-1])) as is_named
    from bounded as b
    inner join fates as f
        on f.event_id = b.event_id
        and f.fate = 'unresolved'
    inner join events as e
        on e.event_id = b.event_id
    where e.query is not null
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
            and v.bound = t.bound
            and v.reason = t.reason
            and v.categories is not distinct from t.categories
            and v.record_type is not distinct from t.record_type
    )
