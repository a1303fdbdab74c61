-- SPDX-License-Identifier: Apache-2.0
-- opened_again: as opened_persons, of organisations whose accounts were not gone through together.
-- reads   opened_persons
-- gives   opened_again: one row per organisation and person
-- binds   $homes
select
    home,
    number,
    cast(sum(fellows) as integer) as fellows
from opened_persons
where list_contains($homes, home)
group by home, number
