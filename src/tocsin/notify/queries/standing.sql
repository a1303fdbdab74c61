-- SPDX-License-Identifier: Apache-2.0
-- standing: who each person is to whoever writes: alive, of age, represented.
--   An answer tells of a death and of whoever represents somebody, as the registry does.
-- reads   files_told, answered
-- gives   standing: one row per person to inform
-- binds   $at, $unseen

select
    f.person_id,
    first(f.registry order by f.rank) as registry,
    first(f.person order by f.rank) as person,
    bool_or(f.in_registry) as in_registry,
    coalesce(bool_or(f.deceased), false) or coalesce(bool_or(a.is_deceased), false) as is_deceased,
    coalesce(max(f.birth_date) > cast($at as date) - interval 18 year, false) as is_minor,
    case
        when bool_or(a.route = 'guardian') then 'answer'
        else first(f.guardian order by f.rank) filter (where f.guardian is not null)
    end as guardian,
    case
        when bool_or(a.route = 'guardian') then null
        else first(f.registry order by f.rank) filter (where f.guardian is not null)
    end as guardian_registry,
    trim(
        regexp_replace(
            concat_ws(
                ' ',
                first(f.given_names order by f.rank) filter (where f.given_names is not null),
                first(coalesce(f.used_name, f.family_name) order by f.rank)
                    filter (where coalesce(f.used_name, f.family_name) is not null)
            ),
            $unseen,
            ' ',
            'g'
        )
    ) as name
from files_told as f
left join answered as a
  on a.person_id = f.person_id
group by f.person_id
