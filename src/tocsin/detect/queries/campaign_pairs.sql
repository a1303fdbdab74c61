-- SPDX-License-Identifier: Apache-2.0
-- campaign_pairs: two accounts that share rare places and that what they did there speaks against.
--   One place in common is chance, or two thieves behind one way out: it takes two, or a device.
-- reads   place_evidence
-- gives   campaign_pairs: one row per pair, both ways
-- binds   $least
with

members as (
    select *
    from place_evidence
    where evidence >= $least
)

select
    a.actor,
    b.actor as other
from members as a
join members as b
  on b.kind = a.kind
 and b.place = a.place
 and b.actor <> a.actor
group by a.actor, b.actor
having sum(a.rarity * case when a.kind = 'device' then 2 else 1 end) >= 1
   and (count(*) >= 2 or max(a.kind) = 'device')
