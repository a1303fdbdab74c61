-- SPDX-License-Identifier: Apache-2.0
-- place_evidence: devices, addresses and clients that a few accounts of several organisations share, and what
--   each account did there. The place itself says nothing here: what counts is whom its sessions saw, and how.
--   A place of more accounts than the most is a way out that many share, or a carrier's: it joins nobody.
-- reads   account_places, session_features, session_weights, role_bulk
-- gives   place_evidence: one row per kind, place and account, with the logarithm of an e-value
-- binds   $most
with

-- Most places are one organisation's: its first name and its last tell so, and nothing is listed for them.
common as (
    select
        kind,
        place
    from account_places
    group by kind, place
    having min(coalesce(organisation, 'account ' || actor)) <> max(coalesce(organisation, 'account ' || actor))
),

acts as (
    select c.kind, c.place, f.session, f.actor, f.organisation, f.first_at, f.last_at
    from session_features as f
    join (select place, kind from common where kind = 'device') as c
      on c.place = f.device
    where f.persons > 0 and not f.is_declared
    union all
    select c.kind, c.place, f.session, f.actor, f.organisation, f.first_at, f.last_at
    from session_features as f
    join (select place, kind from common where kind = 'address') as c
      on c.place = f.address
    where f.persons > 0 and not f.is_declared
    union all
    select c.kind, c.place, f.session, f.actor, f.organisation, f.first_at, f.last_at
    from session_features as f
    join (select place, kind from common where kind = 'client') as c
      on c.place = f.client
    where f.persons > 0 and not f.is_declared
),

summed as (
    select
        a.kind,
        a.place,
        a.actor,
        any_value(a.organisation)              as organisation,
        round(sum(
            -ln((1 - b.share) * exp(-ln(0.5 + 0.5 * exp(least(60, w.weight - w.placed)))) + b.share)
        ), 6)                                  as evidence,
        count(*)                               as sessions,
        min(a.first_at)                        as first_at,
        max(a.last_at)                         as last_at
    from acts as a
    join session_weights as w
      on w.session = a.session
    join role_bulk as b
      on b.role = w.role
    group by a.kind, a.place, a.actor
),

totals as (
    select count(distinct coalesce(organisation, 'account ' || actor)) as organisations
    from session_features
),

shared as (
    select
        kind,
        place,
        count(*)                                                         as accounts,
        count(distinct coalesce(organisation, 'account ' || actor))      as organisations
    from summed
    group by kind, place
    having count(*) between 2 and $most
       and count(distinct coalesce(organisation, 'account ' || actor)) >= 2
)

select
    s.kind,
    s.place,
    s.actor,
    s.evidence,
    s.sessions,
    s.first_at,
    s.last_at,
    h.accounts,
    greatest(0, ln(t.organisations / h.organisations)) / greatest(ln(t.organisations), 1) as rarity
from summed as s
join shared as h
  on h.kind = s.kind
 and h.place = s.place
cross join totals as t
