-- SPDX-License-Identifier: Apache-2.0
-- standing: who each person is to whoever writes: alive, of age, represented.
-- reads   files_told
-- gives   standing: one row per person to inform
-- binds   $at, $unseen

select
    person_id,
    first(registry order by rank) as registry,
    first(person order by rank) as person,
    bool_or(in_registry) as in_registry,
    coalesce(bool_or(deceased), false) as is_deceased,
    coalesce(max(birth_date) > cast($at as date) - interval 18 year, false) as is_minor,
    first(guardian order by rank) filter (where guardian is not null) as guardian,
    first(registry order by rank) filter (where guardian is not null) as guardian_registry,
    trim(
        regexp_replace(
            concat_ws(
                ' ',
                first(given_names order by rank) filter (where given_names is not null),
                first(coalesce(used_name, family_name) order by rank)
                    filter (where coalesce(used_name, family_name) is not null)
            ),
            $unseen,
            ' ',
            'g'
        )
    ) as name
from files_told
group by person_id
