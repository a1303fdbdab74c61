-- SPDX-License-Identifier: Apache-2.0
-- disclosures: what each access showed of whom, category by category, and the narrowest count it enters.
-- reads   shown_categories, scoped, rule_facts, record_facts, moving_records, person_facts, moving_persons, source_facts
-- gives   disclosures: one row per event, local id, record and category
-- binds   $registries (how many the case has), $only_controller
with told as (
    select
        s.*,
        f.protection,
        f.has_period,
        f.data_from,
        f.data_until,
        e.occurred_at,
        e.action,
        e.outcome,
        e.strength,
        case when r.moves then q.at else r.at end as data_at,
        -- The record's, else the registry row's, else the source's, else the only one, else null.
        coalesce(
            case when r.moves then q.controller else r.controller end,
            case when p.moves then m.controller else p.controller end,
            o.controller,
            $only_controller
        ) as controller,
        -- With several registries, an id that its registry does not have may be another registry's.
        p.person is not null or $registries <= 1 as is_surely_a_person
    from shown_categories as s
    inner join rule_facts as f
        on f.rule = s.rule
    inner join scoped as e
        on e.event_id = s.event_id
    left join record_facts as r
        on r.record_type = s.record_type
        and r.record = s.record
    left join moving_records as q
        on q.event_id = s.event_id
        and q.record_type = s.record_type
        and q.record = s.record
        and q.person is not distinct from s.person
    left join person_facts as p
        on p.registry = s.registry
        and p.person = s.person
    left join moving_persons as m
        on m.event_id = s.event_id
        and m.registry = s.registry
        and m.person = s.person
    left join source_facts as o
        on o.source = e.source
),
counted as (
    select
        *,
        case
            when protection = 'encrypted' or certainty = 'excluded' then null
            when certainty in ('reachable', 'unassessable') or outcome = 'unknown' or strength = 3 then 'ceiling'
            when certainty in ('taken', 'shown') and strength = 1 and is_surely_a_person then 'floor'
            else 'best'
        end as narrowest,
        unnest(categories) as category
    from told
)
select
    event_id,
    registry,
    person,
    record_type,
    record,
    category,
    certainty,
    exact,
    protection,
    occurred_at,
    action,
    case when has_period then data_from else data_at end as data_from,
    case when has_period then data_until else data_at + interval 1 microsecond end as data_until,
    controller,
    resolver,
    case when category = 'undetermined' and narrowest = 'floor' then 'best' else narrowest end as count_in
from counted
