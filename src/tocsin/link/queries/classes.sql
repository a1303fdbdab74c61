-- SPDX-License-Identifier: Apache-2.0
-- classes: under one NIR, those of one birth date, given name and rank.
-- reads   ranked
-- gives   classes: one row per NIR, birth date, given name and rank, with its smallest number

select
    nir,
    birth_date,
    given,
    birth_rank,
    lacks_rank,
    min(own_id) as leader
from ranked
group by
    nir,
    birth_date,
    given,
    birth_rank,
    lacks_rank
