-- SPDX-License-Identifier: Apache-2.0
-- prefixes: classes of one NIR and birth date of which one given name is a leading part of the other.
-- reads   classes
-- gives   prefixes: one row per pair of leading part and longer name; a name of one registry may be none at all

with

crowded as (
    select
        nir,
        birth_date
    from classes
    group by
        nir,
        birth_date
    having count(distinct given) > 1
),

longer as (
    select
        c.nir,
        c.birth_date,
        c.given,
        c.birth_rank,
        c.lacks_rank,
        c.leader,
        string_split(c.given, ' ') as words
    from classes as c
    join crowded as w
      on w.nir = c.nir
     and w.birth_date = c.birth_date
    where c.given <> ''
),

beginnings as (
    select
        *,
        unnest(list_transform(
            range(0, least(len(words), 12)), lambda n: array_to_string(list_slice(words, 1, n), ' ')
        )) as part
    from longer
)

select
    l.nir,
    l.birth_date,
    c.leader as short_leader,
    c.given as short_given,
    c.birth_rank as short_rank,
    c.lacks_rank as short_lacks_rank,
    l.leader as long_leader,
    l.given as long_given,
    l.birth_rank as long_rank,
    l.lacks_rank as long_lacks_rank
from beginnings as l
join classes as c
  on c.nir = l.nir
 and c.birth_date = l.birth_date
 and c.given = l.part
where l.birth_rank is null
   or c.birth_rank is null
   or l.birth_rank = c.birth_rank
