-- SPDX-License-Identifier: Apache-2.0
-- split_persons: how likely the thief saw each person, over all sessions of all accounts that were split.
--   Excluded: under one in twenty, and every session that saw the person speaks for the owner.
-- reads   session_people, told_sessions
-- gives   split_persons: one row per registry and person
-- binds   $least, $likely, $threshold, $decision, $why
with

seen as (
    select
        v.registry,
        v.person,
        -- The order of the sum is told, so that the last digit is the same at each run.
        1 - exp(list_sum(list_sort(list(ln(greatest(1 - t.p, 1e-12)))))) as raw_p,
        bool_or(t.label = 'confirmed')                                    as is_confirmed,
        bool_and(t.label = 'excluded')                                    as is_excluded,
        count(*)                                                          as sessions,
        arg_max(v.session_id, struct_pack(p := t.p, name := v.session_id)) as session_id
    from session_people as v
    join told_sessions as t
      on t.session_id = v.session_id
    group by v.registry, v.person
),

classes as (
    select
        *,
        case when is_confirmed then 1 else least(0.9999, round(raw_p, 6)) end as p
    from seen
),

told as (
    select
        *,
        case
            when is_confirmed then 'confirmed'
            when p >= $likely then 'likely'
            when p < $least and is_excluded then 'excluded'
            else 'possible'
        end as "class"
    from classes
)

select
    registry,
    person,
    p,
    "class",
    sessions,
    session_id,
    case
        when "class" = 'excluded' then 'excluded'
        when "class" <> 'confirmed' and p < cast($threshold as double) then 'threshold'
    end                                                                     as kept_off,
    case when "class" not in ('excluded', 'confirmed') and p < cast($threshold as double) then cast($decision as bigint) end as decision,
    case when "class" not in ('excluded', 'confirmed') and p < cast($threshold as double) then cast($why as varchar) end     as why
from told
