-- SPDX-License-Identifier: Apache-2.0
-- ranked: bearers of one NIR and birth date; of equal given names, a rank not known is the only one known.
-- reads   bearers_nir
-- gives   ranked: one row per local id, NIR, birth date, given names and rank, where two local ids share them

with

crowded as (
    select
        nir,
        birth_date
    from bearers_nir
    where birth_date is not null
    group by
        nir,
        birth_date
    having min(own_id) <> max(own_id)
),

together as (
    select b.*
    from bearers_nir as b
    join crowded as c
      on c.nir = b.nir
     and c.birth_date = b.birth_date
),

ranks as (
    select
        nir,
        birth_date,
        given,
        count(distinct birth_rank) as ranks,
        max(birth_rank) as only_rank
    from together
    group by
        nir,
        birth_date,
        given
)

select distinct
    t.own_id,
    t.nir,
    t.birth_date,
    t.given,
    case when r.ranks < 2 then r.only_rank else t.birth_rank end as birth_rank,
    r.ranks > 1 and t.birth_rank is null as lacks_rank
from together as t
join ranks as r
  on r.nir = t.nir
 and r.birth_date = t.birth_date
 and r.given = t.given
