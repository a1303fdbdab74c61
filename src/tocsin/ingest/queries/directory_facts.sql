-- SPDX-License-Identifier: Apache-2.0
-- directory_facts: what is odd in the directory of accounts; nothing of it is left out.
--   Renamed: a professional's account ends and another of the same professional begins afterwards.
--   Several at once: a professional holds two accounts at the same time.
-- reads   accounts
-- gives   one row per fact
-- binds   (none)
with

listed as (
    select
        *,
        coalesce(active_from, timestamptz '-infinity')  as begins,
        coalesce(active_until, timestamptz 'infinity')  as ends,
        row_number() over (
            partition by account, professional_id, role, organisation, active_from, active_until, person, may_see
        )                                               as copy
    from accounts
),

places as (
    select
        *,
        row_number() over (order by account, begins, ends, role, organisation, professional_id, person) as place
    from listed
    where copy = 1
),

clashes as (
    select place
    from places
    qualify lag(ends) over (partition by account order by begins, place) > begins
),

holdings as (
    select
        professional_id,
        account,
        min(begins) as begins,
        max(ends)   as ends
    from places
    where professional_id is not null
    group by professional_id, account
),

successions as (
    select
        professional_id,
        lag(ends) over (partition by professional_id order by begins, account) as before_ends,
        begins
    from holdings
),

facts as (
    select 'twice' as fact from listed where copy > 1
    union all
    select 'overlapping' as fact from clashes
    union all
    select 'renamed' as fact from successions where before_ends <= begins
    union all
    select 'several' as fact from successions where before_ends > begins
    union all
    select 'backwards' as fact from places where ends <= begins
    union all
    select 'no_role' as fact
    from places
    where role is null
      and person is null
      and exists (select 1 from accounts where role is not null)
    union all
    select 'no_organisation' as fact
    from places
    where organisation is null
      and person is null
      and exists (select 1 from accounts where organisation is not null)
)

select
    fact,
    count(*) as "rows"
from facts
group by fact
order by fact
