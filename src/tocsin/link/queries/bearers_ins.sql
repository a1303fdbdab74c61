-- SPDX-License-Identifier: Apache-2.0
-- bearers_ins: who bears a shared INS.
-- reads   marks, shared_ins, tagged
-- gives   bearers_ins: one row per local id, INS, key and birth date

select distinct
    m.own_id,
    m.ins,
    m.ins_authority,
    m.ins_key,
    m.birth_date
from marks as m
join shared_ins as s
  on s.ins = m.ins
 and s.ins_authority is not distinct from m.ins_authority
left join tagged as t
  on t.own_id = m.own_id
where not coalesce(t.test_identity, false)
