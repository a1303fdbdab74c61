-- SPDX-License-Identifier: Apache-2.0
-- codes_of: the code and the facts of some notices of a wave, and why they are in it.
-- reads   notices, wanted
-- gives   one row per person wanted
-- binds   $wave

select
    n.person_id,
    n.code,
    n.facts,
    n.why
from notices as n
join wanted as w
  on w.person_id = n.person_id
where n.wave = $wave
