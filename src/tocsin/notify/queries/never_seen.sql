-- SPDX-License-Identifier: Apache-2.0
-- never_seen: categories that a claim proves nobody had read.
-- reads   claims
-- gives   one row per category

select substr(claim, 4) as category
from claims
where claim like 'no:%'
  and grade = 'proven'
order by claim
