-- SPDX-License-Identifier: Apache-2.0
-- told_before: retries of which an earlier attempt, in scope and as suspect, has shown the same.
-- reads   scoped
-- gives   told_before: one row per event
with attempts as (
    select
        event_id,
        retry_of,
        strength,
        min(case when outcome = 'success' then strength end) over (
            partition by coalesce(retry_of, event_id)
            order by
                retry_of is not null,
                occurred_at,
                event_id
            rows between unbounded preceding and 1 preceding
        ) as told_strength
    from scoped
    where retry_of is not null
        or event_id in (select s.retry_of from scoped as s where s.retry_of is not null)
)
select event_id
from attempts
where retry_of is not null
    and told_strength <= strength
