-- SPDX-License-Identifier: Apache-2.0
-- shared_ins: numbers that more than one registry row bears as its INS.
-- reads   marks
-- gives   shared_ins: one row per INS and authority

select
    ins,
    ins_authority
from marks
where ins is not null
  and not is_test
group by
    ins,
    ins_authority
having count(*) > 1
