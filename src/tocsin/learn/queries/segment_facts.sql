-- SPDX-License-Identifier: Apache-2.0
-- segment_facts: what each part of a path looks like, and whose id it is in the tables of the case.
-- reads   asked_objects, serving, registry, records
-- gives   segment_facts: one row per source and segment
with parts as (
    select distinct
        o.source,
        unnest(o.segments) as segment
    from asked_objects as o
),
local_ids as (
    select distinct
        registry,
        person
    from registry
    where person is not null
),
record_ids as (
    select distinct
        record_type,
        record
    from records
    where record is not null
),
known as (
    select
        p.source,
        p.segment,
        s.candidate
    from parts as p
    inner join serving as s
        on s.source = p.source
    inner join local_ids as r
        on s.kind = 'person'
        and r.registry = s.name
        and r.person = p.segment
    union all
    select
        p.source,
        p.segment,
        s.candidate
    from parts as p
    inner join serving as s
        on s.source = p.source
    inner join record_ids as r
        on s.kind = 'record'
        and r.record_type = s.name
        and r.record = p.segment
),
-- A path may hold a person's name: no template shall.
person_names as (
    select distinct lower(strip_accents(unnest([family_name, used_name, given_names]))) as name
    from registry
),
candidates as (
    select
        source,
        segment,
        list(distinct candidate order by candidate) as candidates
    from known
    group by
        source,
        segment
)
select
    p.source,
    p.segment,
    coalesce(c.candidates, []) as candidates,
    c.segment is not null
        or regexp_full_match(p.segment, '[0-9]+([.,;:_-][0-9]+)*')
        or regexp_full_match(p.segment, '[0-9A-Fa-f]{8}-?([0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}')
        or (regexp_full_match(p.segment, '(0x)?[0-9A-Fa-f]{8,}') and regexp_matches(p.segment, '[0-9]'))
        or (
            regexp_full_match(p.segment, '[0-9A-Za-z_+=~-]{16,}')
            and regexp_matches(p.segment, '[0-9]')
            and regexp_matches(p.segment, '[A-Za-z]')
        )
        or length(regexp_replace(p.segment, '[^0-9]', '', 'g')) >= 3
        -- An address of somebody, an escape, a sign that a pattern would take for its own.
        or regexp_matches(p.segment, '[@{}*\p{C}]')
        or length(p.segment) > 64
        or (n.name is not null and p.segment <> '') as is_varying
from parts as p
left join candidates as c
    on c.source = p.source
    and c.segment = p.segment
left join person_names as n
    on n.name = lower(strip_accents(p.segment))
