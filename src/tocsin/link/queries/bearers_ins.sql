-- SPDX-License-Identifier: Apache-2.0
-- bearers_ins: who bears a shared INS.
-- reads   numbered, shared_ins, tagged
-- gives   bearers_ins: one row per registry row whose INS others bear

select
    n.own_id,
    n.ins,
    n.authority,
    n.ins_key,
    n.birth_date
from numbered as n
join shared_ins as s
  on s.ins = n.ins
 and s.authority is not distinct from n.authority
left join tagged as t
  on t.own_id = n.own_id
where not coalesce(t.test_identity, false)
