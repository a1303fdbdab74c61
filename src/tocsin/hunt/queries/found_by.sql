-- SPDX-License-Identifier: Apache-2.0
-- found_by: by which key the rows of the sample were found.
-- reads   sample_persons_found
-- gives   one row per key
select
    key,
    cast(count(*) as bigint) as found_rows
from sample_persons_found
where person_id is not null
group by key
order by key
