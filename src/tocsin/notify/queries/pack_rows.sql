-- SPDX-License-Identifier: Apache-2.0
-- pack_rows: whom each controller knows among those to inform, and what was shown of what it answers for.
--   Nothing that another controller holds: not its local ids, not its spelling of a name, not its data.
-- reads   recipients, disclosures, persons, registry, notices, labels
-- gives   one row per controller, person and local id, in that order; a formula is made a text
-- binds   $levels, $unseen

with

pairs as (
    select
        r.person_id,
        r.channel,
        c.controller
    from recipients as r
    cross join unnest(r.controllers) as c(controller)
    where c.controller is not null
),

shown as (
    select
        q.person_id,
        q.controller,
        d.registry,
        d.person,
        d.category,
        d.certainty,
        d.occurred_at,
        list_contains($levels, d.count_in) as is_held
    from disclosures as d
    join persons as p
      on p.registry is not distinct from d.registry
     and p.person = d.person
    join pairs as q
      on q.person_id = p.person_id
     and q.controller = d.controller
    where d.count_in is not null
),

kept as (
    select *
    from shown
    qualify is_held
         or not bool_or(is_held) over (partition by person_id, controller)
),

graded as (
    select
        k.person_id,
        k.controller,
        k.registry,
        k.person,
        l.rank,
        l.label,
        min(
            case
                when not k.is_held then 4
                when k.certainty = 'taken' then 1
                when k.certainty = 'shown' then 2
                when k.certainty = 'reconstructed' then 3
                else 4
            end
        ) as grade,
        min(k.occurred_at) as first_at,
        max(k.occurred_at) as last_at
    from kept as k
    join labels as l
      on l.category = k.category
    group by
        k.person_id,
        k.controller,
        k.registry,
        k.person,
        l.rank,
        l.label
),

files_shown as (
    select
        person_id,
        controller,
        registry,
        person,
        string_agg(label, ', ' order by rank) filter (where grade = 1) as taken,
        string_agg(label, ', ' order by rank) filter (where grade = 2) as shown,
        string_agg(label, ', ' order by rank) filter (where grade = 3) as likely,
        string_agg(label, ', ' order by rank) filter (where grade = 4) as maybe,
        min(first_at) as first_at,
        max(last_at) as last_at
    from graded
    group by
        person_id,
        controller,
        registry,
        person
),

named as (
    select
        f.person_id,
        f.controller,
        f.registry,
        f.person,
        first(
            trim(
                regexp_replace(
                    concat_ws(' ', r.given_names, coalesce(r.used_name, r.family_name)), $unseen, ' ', 'g'
                )
            )
            order by r.valid_until desc nulls first, r.valid_from desc nulls last
        ) as name
    from files_shown as f
    join registry as r
      on r.registry = f.registry
     and r.person = f.person
    where coalesce(r.controller, f.controller) = f.controller
    group by
        f.person_id,
        f.controller,
        f.registry,
        f.person
),

released as (
    select
        person_id,
        max(wave) as wave,
        max_by(channel, wave) as channel,
        max_by(message_id, wave) as message_id
    from notices
    group by person_id
),

listed as (
    select
        q.controller,
        q.person_id,
        f.registry,
        trim(regexp_replace(f.person, $unseen, ' ', 'g')) as local_id,
        n.name,
        f.taken,
        f.shown,
        f.likely,
        f.maybe,
        f.first_at,
        f.last_at,
        coalesce(s.channel, q.channel) as told_by,
        s.wave,
        case
            when s.channel in ('email', 'post')
                then split_part(trim(s.message_id, '<>'), '@', 1)
        end as reference
    from pairs as q
    left join files_shown as f
      on f.person_id = q.person_id
     and f.controller = q.controller
    left join named as n
      on n.person_id = f.person_id
     and n.controller = f.controller
     and n.registry = f.registry
     and n.person = f.person
    left join released as s
      on s.person_id = q.person_id
)

select
    controller,
    dense_rank() over (partition by controller order by person_id) as number,
    registry,
    case
        when regexp_matches(local_id, '^[=+@＝＋－＠-]') then '''' || local_id
        else local_id
    end as local_id,
    case
        when regexp_matches(name, '^[=+@＝＋－＠-]') then '''' || name
        else name
    end as name,
    taken,
    shown,
    likely,
    maybe,
    strftime(first_at, '%Y-%m-%dT%H:%M:%SZ') as first_at,
    strftime(last_at, '%Y-%m-%dT%H:%M:%SZ') as last_at,
    told_by,
    wave,
    reference
from listed
order by
    controller,
    person_id,
    registry,
    local_id,
    name
