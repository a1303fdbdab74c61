-- SPDX-License-Identifier: Apache-2.0
-- moved_on: what calls for another notice of each person, or for a first one; nothing for all others.
--   Known to be less sure than was said is told; known to be surer that nothing worse happened is not, unless
--   the notice never left.
-- reads   recipients, latest, answered, held_back
-- gives   moved_on: one row per person to inform; why is null when there is nothing new

with

ranked as (
    select
        r.person_id,
        r.channel,
        r.reason,
        r.facts,
        r.categories,
        r.certainties,
        r.days,
        l.person_id is not null as was_released,
        l.channel as last_channel,
        l.why as last_why,
        l.facts as last_facts,
        l.categories as last_categories,
        l.days as last_days,
        l.answer as last_answer,
        a.number as answer,
        h.person_id is not null as is_held_back,
        list_transform(
            r.certainties,
            lambda one: list_position(['excluded', 'unassessable', 'reachable', 'reconstructed', 'shown', 'taken'], one)
        ) as now_sure,
        list_transform(
            l.certainties,
            lambda one: list_position(['excluded', 'unassessable', 'reachable', 'reconstructed', 'shown', 'taken'], one)
        ) as last_sure
    from recipients as r
    left join latest as l
      on l.person_id = r.person_id
    left join answered as a
      on a.person_id = r.person_id
    left join held_back as h
      on h.person_id = r.person_id
)

select
    person_id,
    channel,
    reason,
    answer,
    facts,
    categories,
    certainties,
    days,
    case
        when not was_released then 'new'
        when last_why = 'withdrawn' then 'again'
        when last_facts is distinct from facts and last_categories is distinct from categories
            then 'categories'
        when last_facts is distinct from facts
         and len(
             list_filter(list_zip(now_sure, last_sure), lambda pair: pair[1] > coalesce(pair[2], 0))
         ) > 0
            then 'certainty'
        when last_facts is distinct from facts and last_days is distinct from days then 'period'
        when last_facts is distinct from facts and now_sure is not distinct from last_sure then 'controllers'
        when channel in ('none', 'suppressed') then null
        when coalesce(answer, 0) > coalesce(last_answer, 0) then 'route'
        when is_held_back then 'held_back'
        when last_channel in ('none', 'suppressed') then 'route_found'
    end as why
from ranked
