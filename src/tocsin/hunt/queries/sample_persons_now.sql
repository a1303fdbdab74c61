-- SPDX-License-Identifier: Apache-2.0
-- sample_persons_now: whom the samples hold that were matched before, and this one.
-- reads   sample_persons, sample_people, elsewhere_persons
-- gives   sample_persons: one row per sample and person
-- binds   $sample
select *
from sample_persons
where sample <> $sample
union all by name
select
    $sample as sample,
    p.person_id,
    p.row,
    p.key,
    p.count_in,
    p.person_id in (select e.person_id from elsewhere_persons as e) as elsewhere
from sample_people as p
