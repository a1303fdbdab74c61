-- SPDX-License-Identifier: Apache-2.0
-- bearers_nir: who bears a shared NIR, with the given names as compared.
-- reads   numbered, shared_nir, tagged
-- gives   bearers_nir: one row per registry row whose NIR others bear

select
    n.own_id,
    n.nir,
    n.birth_date,
    n.birth_rank,
    case
        when regexp_full_match(n.given_names, '[A-Z]+') then n.given_names
        else trim(regexp_replace(
            replace(replace(replace(replace(replace(
                upper(strip_accents(coalesce(n.given_names, ''))),
                'Œ', 'OE'), 'Æ', 'AE'), 'ẞ', 'SS'), 'Ø', 'O'), 'Ł', 'L'),
            '[^\p{L}\p{N}]+', ' ', 'g'
        ))
    end as given
from numbered as n
join shared_nir as s
  on s.nir = n.nir
left join tagged as t
  on t.own_id = n.own_id
where not coalesce(t.test_identity, false)
