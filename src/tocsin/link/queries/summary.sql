-- SPDX-License-Identifier: Apache-2.0
-- summary: what linkage made, as numbers.
-- reads   persons, conflicts, exposure
-- gives   one row

select
    (select count(*) from persons) as local_ids,
    (select count(*) from persons where person_id = own_id) as persons,
    (select count(*) from persons where person_id <> own_id) as merged,
    (select count(*) from persons where not sure) as probable,
    (select count(*) from persons where reason = 'not_in_registry') as not_in_registry,
    (select count(*) from persons where test_identity) as test_identities,
    (select count(*) from persons where false_key) as false_keys,
    (select count(*) from conflicts) as conflicts,
    (select count(*) from exposure) as exposures
