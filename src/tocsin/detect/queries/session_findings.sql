-- SPDX-License-Identifier: Apache-2.0
-- session_findings: of accounts in alarm, each session's p; where the evidence is weaker nothing is told.
-- reads   scores, actors, session_weights, session_features
-- gives   findings: one row per session
-- binds   $threshold
with

judged as (
    select
        a.account,
        s.actor,
        1 / (1 + exp(s.point - s.evidence)) as account_p
    from scores as s
    join actors as a
      on a.actor = s.actor
)

select
    j.account,
    session_id(f.source, f.account, f.session)               as session_id,
    'session'                                                as detector,
    round(w.weight, 6)                                       as score,
    round(j.account_p * 0.999 / (1 + exp(-greatest(-50, least(50, w.weight)))), 6) as p,
    '[]'                                                     as reasons,
    w.first_at,
    w.last_at,
    w.events,
    w.persons
from judged as j
join session_weights as w
  on w.actor = j.actor
join session_features as f
  on f.session = w.session
where j.account_p >= $threshold
