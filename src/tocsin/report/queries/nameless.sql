-- SPDX-License-Identifier: Apache-2.0
-- nameless: records disclosed of which nobody knows whose they are: each may be one more person.
-- reads   disclosures
-- gives   nameless: one row per record and category

select distinct
    record_type,
    record,
    category
from disclosures
where person is null
  and record is not null
  and count_in is not null
