-- SPDX-License-Identifier: Apache-2.0
-- bearers_nir: who bears a shared NIR, with the given names as compared.
-- reads   marks, shared_nir, tagged
-- gives   bearers_nir: one row per local id, NIR, birth date, given names and rank

select distinct
    m.own_id,
    m.nir,
    m.birth_date,
    m.birth_rank,
    trim(regexp_replace(
        replace(replace(replace(replace(replace(
            upper(strip_accents(coalesce(m.given_names, ''))),
            'Œ', 'OE'), 'Æ', 'AE'), 'ẞ', 'SS'), 'Ø', 'O'), 'Ł', 'L'),
        '[^\p{L}\p{N}]+', ' ', 'g'
    )) as given
from marks as m
join shared_nir as s
  on s.nir = m.nir
left join tagged as t
  on t.own_id = m.own_id
where not coalesce(t.test_identity, false)
