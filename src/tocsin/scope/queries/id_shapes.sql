-- SPDX-License-Identifier: Apache-2.0
-- id_shapes: what the local ids of each registry look like, beyond what some of them were seen to.
-- reads   registry, absent_ids
-- gives   one row per registry: shortest and longest, and the characters beside letters and digits
-- binds   $usual (an expression that most ids match, of characters that every one of these registries has)
with held as (
    select
        registry,
        person,
        regexp_full_match(person, $usual) as is_usual
    from registry
    where registry in (select a.registry from absent_ids as a)
)
select
    registry,
    min(length(person)) as shortest,
    max(length(person)) as longest,
    bool_or(case when is_usual then false else regexp_matches(person, '[0-9]') end) as has_digits,
    bool_or(case when is_usual then false else regexp_matches(person, '[A-Z]') end) as has_upper,
    bool_or(case when is_usual then false else regexp_matches(person, '[a-z]') end) as has_lower,
    string_agg(
        distinct case
            when is_usual then null
            when not regexp_full_match(person, '[0-9A-Za-z]*') then regexp_replace(person, '[0-9A-Za-z]', '', 'g')
        end,
        ''
    ) as others
from held
group by registry
