-- SPDX-License-Identifier: Apache-2.0
-- evidence_terms: what each session of these accounts did, so many of so many, with the role's usual rate.
--   Places are weighed by the split itself.
-- reads   session_terms, role_rates, split_actors
-- gives   evidence_terms: one row per session, its terms as JSON
-- binds   (none)
select
    t.session,
    to_json(list(
        {'term': t.term, 'k': t.k, 'n': t.n, 'rate': round(r.rate, 9), 'spread': round(r.spread, 9)}
        order by t.term
    ))::varchar as terms
from session_terms as t
join split_actors as a
  on a.actor = t.actor
join role_rates as r
  on r.role = a.role
 and r.term = t.term
where t.term <> 'new_place'
group by t.session
