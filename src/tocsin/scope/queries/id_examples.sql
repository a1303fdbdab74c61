-- SPDX-License-Identifier: Apache-2.0
-- id_examples: what some local ids of each registry look like, whichever they are.
-- reads   registry, absent_ids
-- gives   one row per registry: the kinds of characters that these ids have
-- binds   $examples (how many ids are looked at)
with examples as (
    select
        registry,
        person
    from registry
    where registry in (select a.registry from absent_ids as a)
    limit $examples
)
select
    registry,
    bool_or(regexp_matches(person, '[0-9]')) as has_digits,
    bool_or(regexp_matches(person, '[A-Z]')) as has_upper,
    bool_or(regexp_matches(person, '[a-z]')) as has_lower
from examples
group by registry
