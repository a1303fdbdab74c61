-- SPDX-License-Identifier: Apache-2.0
-- split_actors: the accounts to split, and clean ones of the same professions to try the pattern on.
--   To split: those held with `split = true`, and those in alarm. Clean: no finding at all; which of them is
--   told by a hash of the name, so that it is the same ones at each run.
-- reads   actors, findings_now, split_names, session_features
-- gives   split_actors: one row per account
-- binds   $threshold, $hosts
with

held as (
    select
        a.actor,
        a.account,
        a.role,
        a.organisation,
        case when n.account is not null then 1 else f.p end as account_p
    from actors as a
    left join split_names as n
      on n.account = a.account
    left join findings_now as f
      on f.account = a.account
     and f.detector = 'all'
     and f.p >= $threshold
    where n.account is not null
       or f.account is not null
),

steady as (
    select actor
    from session_features
    where persons > 0
    group by actor
    having count(*) >= 20
),

clean as (
    select
        a.actor,
        a.account,
        a.role,
        a.organisation,
        row_number() over (
            partition by a.role
            order by md5(a.account), a.account
        ) as place
    from actors as a
    join steady as s
      on s.actor = a.actor
    where a.role in (select h.role from held as h)
      and a.account not in (select h.account from held as h)
      and a.account not in (select f.account from findings_now as f where f.account is not null)
)

select actor, account, role, organisation, account_p, false as is_clean
from held
union all
select actor, account, role, organisation, 0 as account_p, true as is_clean
from clean
where place <= $hosts
