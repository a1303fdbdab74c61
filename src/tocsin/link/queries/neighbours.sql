-- SPDX-License-Identifier: Apache-2.0
-- neighbours: whether all those that a class could be joined to could also be one another.
-- reads   prefixes
-- gives   neighbours: one row per class of a pair; ambiguous when they could not

with

around as (
    select
        nir,
        birth_date,
        short_given as given,
        short_rank as birth_rank,
        short_lacks_rank as lacks_rank,
        long_given as other_given,
        long_rank as other_rank
    from prefixes
    union all
    select
        nir,
        birth_date,
        long_given,
        long_rank,
        long_lacks_rank,
        short_given,
        short_rank
    from prefixes
),

longest as (
    select
        *,
        first_value(other_given) over (
            partition by nir, birth_date, given, birth_rank, lacks_rank
            order by length(other_given) desc, other_given
        ) as longest_given
    from around
)

select
    nir,
    birth_date,
    given,
    birth_rank,
    lacks_rank,
    lacks_rank
        or count(distinct other_rank) > 1
        or not bool_and(other_given = '' or starts_with(longest_given || ' ', other_given || ' ')) as ambiguous
from longest
group by
    nir,
    birth_date,
    given,
    birth_rank,
    lacks_rank
