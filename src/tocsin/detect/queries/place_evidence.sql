-- SPDX-License-Identifier: Apache-2.0
-- place_evidence: devices, addresses and clients that a few accounts of several organisations share, and what
--   each account did there. The place itself says nothing here: what counts is whom its sessions saw, and how.
--   A place of more accounts than the most is a way out that many share, or a carrier's: it joins nobody.
-- reads   session_features, session_weights, all_weights, role_bulk
-- gives   place_evidence: one row per kind, place and account, with the logarithm of an e-value
-- binds   $most
with

acts as (
    select
        f.session,
        f.actor,
        f.organisation,
        f.device,
        f.address,
        f.client,
        f.first_at,
        f.last_at,
        -ln((1 - b.share) * exp(-ln(0.5 + 0.5 * exp(least(60, w.weight - coalesce(p.weight, 0))))) + b.share)
            as evidence
    from session_features as f
    join session_weights as w
      on w.session = f.session
    join role_bulk as b
      on b.role = f.role
    left join all_weights as p
      on p.session = f.session
     and p.term = 'new_place'
),

used as (
    select 'device' as kind, device as place, actor, organisation, first_at, last_at, evidence from acts
    union all
    select 'address' as kind, address as place, actor, organisation, first_at, last_at, evidence from acts
    union all
    select 'client' as kind, client as place, actor, organisation, first_at, last_at, evidence from acts
),

summed as (
    select
        kind,
        place,
        actor,
        any_value(organisation)                as organisation,
        round(sum(evidence), 6)                as evidence,
        count(*)                               as sessions,
        min(first_at)                          as first_at,
        max(last_at)                           as last_at
    from used
    where place is not null
    group by kind, place, actor
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
