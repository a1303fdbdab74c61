-- SPDX-License-Identifier: Apache-2.0
-- act_contradictions: on what the witnesses of one act contradict one another.
--   What a database knows of account and bytes is its application's, not the person's: it is not held against it.
-- reads   joined_acts
-- gives   act_contradictions: one row per act that has any
with by_source as (
    select
        act_id,
        source,
        bool_and(attempts = 1) as tells_once,
        min(account) filter (where not is_database) as account,
        max(account) filter (where not is_database) as last_account,
        min(person) as person,
        max(person) as last_person,
        max(bytes) filter (where not is_database) as bytes,
        bool_or(outcome = 'success') as has_succeeded,
        bool_and(coalesce(outcome, 'unknown') = 'failure') as has_failed,
        min(verdict) as verdict,
        max(verdict) as last_verdict
    from joined_acts
    group by
        act_id,
        source
),
longest as (
    select
        act_id,
        max_by(object, length(object)) as object
    from joined_acts
    where starts_with(object, '/')
    group by act_id
    having min(object) <> max(object)
),
paths as (
    select
        l.act_id,
        -- A gateway may strip or add the beginning of a path: the rest is the same.
        bool_or(not ends_with(l.object, a.object)) as differ
    from longest as l
    inner join joined_acts as a
        on a.act_id = l.act_id
    where starts_with(a.object, '/')
    group by l.act_id
),
compared as (
    select
        b.act_id,
        list_filter(
            [
                case when min(b.account) <> max(b.last_account) then 'account' end,
                case when max(b.bytes) > 10 * cast(min(b.bytes) as hugeint) + 65536 then 'bytes' end,
                case when bool_or(p.differ) then 'object' end,
                case when bool_or(b.has_succeeded) and bool_or(b.has_failed) then 'outcome' end,
                case when bool_and(b.tells_once) and min(b.person) <> max(b.last_person) then 'person' end,
                case when min(b.verdict) <> max(b.last_verdict) then 'verdict' end
            ],
            lambda name: name is not null
        ) as disagrees
    from by_source as b
    left join paths as p
        on p.act_id = b.act_id
    group by b.act_id
)
select
    act_id,
    disagrees
from compared
where len(disagrees) > 0
