-- SPDX-License-Identifier: Apache-2.0
-- id_shapes: what the local ids of each registry look like.
-- reads   registry, absent_ids
-- gives   one row per registry: shortest and longest, and the characters beside letters and digits
select
    registry,
    min(length(person)) as shortest,
    max(length(person)) as longest,
    bool_or(regexp_matches(person, '[0-9]')) as has_digits,
    bool_or(regexp_matches(person, '[A-Z]')) as has_upper,
    bool_or(regexp_matches(person, '[a-z]')) as has_lower,
    string_agg(
        distinct case
            when not regexp_full_match(person, '[0-9A-Za-z]*') then regexp_replace(person, '[0-9A-Za-z]', '', 'g')
        end,
        ''
    ) as others
from registry
where registry in (select a.registry from absent_ids as a)
group by registry
