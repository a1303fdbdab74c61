-- SPDX-License-Identifier: Apache-2.0
-- wave_kinds: the notices of a new wave, each of its kind.
-- reads   chosen, recipients, withdrawn
-- gives   as chosen, with kind

select
    c.*,
    coalesce(r.kind, w.kind, 'person') as kind
from chosen as c
left join recipients as r
  on r.person_id = c.person_id
left join withdrawn as w
  on w.person_id = c.person_id
