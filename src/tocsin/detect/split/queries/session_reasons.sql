-- SPDX-License-Identifier: Apache-2.0
-- session_reasons: what speaks for or against each session, facts before figures, the four heaviest figures.
-- reads   term_facts, told_sessions
-- gives   one row per session and reason
-- binds   (none)
with

figures as (
    select
        session_id,
        term        as code,
        k,
        n,
        usual,
        abs(weight) as heaviness,
        row_number() over (
            partition by session_id
            order by abs(weight) desc, term
        ) as place
    from term_facts
),

facts as (
    select session_id, 'hard_' || hard_fact as code, 1000 as heaviness
    from told_sessions
    where hard_fact is not null
    union all
    select session_id, 'owner_answer' as code, 1000 as heaviness
    from told_sessions
    where owner_evidence = 'answer'
    union all
    select session_id, 'place_' || place as code, 100 as heaviness
    from told_sessions
    where place <> 'unknown'
)

select session_id, code, k, n, usual, heaviness
from figures
where place <= 4
union all
select session_id, code, null as k, null as n, null as usual, heaviness
from facts
