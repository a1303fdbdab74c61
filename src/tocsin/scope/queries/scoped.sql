-- SPDX-License-Identifier: Apache-2.0
-- scoped: the events in scope, how strong their verdict is, and what can be said without any rule.
-- reads   events, judged
-- gives   scoped: one row per event in scope; kind is open, failure, retry or the reason of a signing in or out
with chosen as (
    select
        e.event_id,
        e.occurred_at,
        e.source,
        e.file_number,
        e.byte_offset,
        e.account,
        e.organisation,
        e.session,
        e.address,
        e.device,
        e.user_agent,
        e.client,
        e.node,
        e.retry_of,
        e.action,
        e.object_type,
        e.object,
        nullif(e.person, '') as person,
        e.person_domain,
        list_filter(e.persons, lambda id: id <> '') as persons,
        e.record_type,
        nullif(e.record, '') as record,
        e.query,
        e.file_name,
        e.items,
        e.status,
        e.detail,
        e.professional_id,
        e.account_name,
        e.network,
        e.port,
        e.request,
        e.sequence,
        e.recorded_at,
        e.line_number,
        e.bytes,
        e.flags,
        coalesce(e.outcome, 'unknown') as outcome,
        j.verdict,
        -- 1 enters the floor, 2 the best, 3 the ceiling alone.
        case
            when j.verdict = 'illegitimate' then 1
            when j.p >= 0.5 then 2
            else 3
        end as strength
    from events as e
    inner join judged as j
        on j.event_id = e.event_id
),
attempts as (
    select
        event_id,
        retry_of is not null
            and coalesce(
                min(case when outcome = 'success' then strength end) over (
                    partition by coalesce(retry_of, event_id)
                    order by
                        retry_of is not null,
                        occurred_at,
                        event_id
                    rows between unbounded preceding and 1 preceding
                ) <= strength,
                false
            ) as is_told
    from chosen
    where retry_of is not null
        or event_id in (select c.retry_of from chosen as c where c.retry_of is not null)
)
select
    c.*,
    case
        when c.action in ('login', 'login_failed') then case when c.outcome = 'failure' then 'failure' else 'login' end
        when c.action = 'logout' then 'logout'
        when c.outcome = 'failure' then 'failed'
        -- The earlier attempt, in scope and as suspect, has shown the same.
        when a.is_told then 'retry'
        else 'open'
    end as kind
from chosen as c
left join attempts as a
    on a.event_id = c.event_id
