-- SPDX-License-Identifier: Apache-2.0
-- prior_rates: the rate on which an account that is still young leans, term by term.
--   That of its profession; for relations that of its colleagues in the same organisation, leaning on the
--   profession: one hospital's relations are here, another's are missing. Its own acts are left out.
-- reads   actor_terms, role_rates
-- gives   prior_rates: one row per account and term
-- binds   $lean
with

others as (
    select
        *,
        case when term = 'no_relation' and organisation is not null then sum(k) over fellows - k else 0 end as others_k,
        case when term = 'no_relation' and organisation is not null then sum(n) over fellows - n else 0 end as others_n
    from actor_terms
    window fellows as (partition by organisation, role, term)
)

select
    o.actor,
    o.term,
    o.line,
    r.spread,
    (o.others_k + $lean * r.rate) / (o.others_n + $lean) as rate
from others as o
join role_rates as r
  on r.role = o.role
 and r.term = o.term
