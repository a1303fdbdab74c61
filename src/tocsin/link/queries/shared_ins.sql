-- SPDX-License-Identifier: Apache-2.0
-- shared_ins: numbers that more than one registry row bears as its INS.
-- reads   numbered
-- gives   shared_ins: one row per INS and authority

select
    ins,
    authority
from numbered
where ins is not null
  and not is_test
group by
    ins,
    authority
having count(*) > 1
