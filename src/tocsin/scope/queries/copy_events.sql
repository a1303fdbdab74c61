-- SPDX-License-Identifier: Apache-2.0
-- copy_events: which version of the file each access fetched, and what that tells.
-- reads   file_names, copy_candidates
-- gives   copy_events: one row per event and rule; fate is told, empty, or why it is unresolved
with versions as (
    select
        source,
        path,
        version,
        min(sha256) as sha256,
        -- A member's size in the log is not that of its archive.
        min(case when is_inner then null else bytes end) as bytes,
        min(changed_at) as changed_at,
        sum(persons) as persons,
        min(unreadable) as unreadable
    from copy_candidates
    group by
        source,
        path,
        version
),
weighed as (
    select
        n.event_id,
        n.rule,
        n.action,
        n.bytes as sent,
        v.*,
        coalesce(n.bytes = v.bytes, false) as is_same_size,
        v.changed_at <= n.occurred_at as is_older
    from file_names as n
    inner join versions as v
        on v.source = n.source
        and v.path = n.path
),
ranked as (
    select
        *,
        rank() over (
            partition by event_id, rule
            order by
                is_same_size desc,
                is_older desc nulls last,
                case when is_older then changed_at end desc nulls last,
                changed_at nulls last
        ) as place
    from weighed
),
chosen as (
    select
        event_id,
        rule,
        arg_min(version, version) as version,
        count(distinct sha256) as contents,
        max(persons) as most,
        any_value(action) as action,
        any_value(sent) as sent,
        any_value(bytes) as bytes,
        bool_and(is_same_size) as is_same_size,
        bool_and(coalesce(is_older, false)) as is_older,
        min(unreadable) as unreadable
    from ranked
    where place = 1
    group by
        event_id,
        rule
)
select
    event_id,
    rule,
    version,
    case
        when contents > 1 then 'file_ambiguous'
        when not is_same_size and not is_older then 'file_changed'
        when unreadable is not null then 'file_unreadable'
        when most = 0 then 'empty'
        else 'told'
    end as fate,
    case when contents > 1 and unreadable is null and (is_same_size or is_older) then most end as bound,
    -- Whole: as many bytes left as the file has; without a size, the act alone says that it was fetched.
    case
        when bytes is not null and sent < bytes then 'reachable'
        when action in ('download', 'export') or sent >= bytes then 'taken'
        else 'shown'
    end as certainty
from chosen
