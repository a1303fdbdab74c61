-- SPDX-License-Identifier: Apache-2.0
-- sample_figures: how many rows and persons of the sample are known, by what, and shown by the logs.
-- reads   sample_keys, sample_persons_found, sample_people
-- gives   one row of numbers
select
    (select count(*) from sample_persons_found where person_id is not null) as identified_rows,
    (select count(*) from sample_persons_found where person_id is null) as ambiguous_rows,
    (select count(*) from sample_keys) - (select count(*) from sample_persons_found) as unknown_rows,
    (select count(*) from sample_people) as persons,
    (select count(*) from sample_people where count_in is not null) as shown,
    (select count(*) from sample_people where count_in is null) as beyond
