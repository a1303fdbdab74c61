-- SPDX-License-Identifier: Apache-2.0
-- session_evidence: what tells an owner's sessions from a thief's, without a log to read again.
--   Of clean accounts only the sessions that saw somebody. Declared work is the owner's: it is not weighed.
-- reads   session_features, split_actors, place_uses, overlapping_sessions, evidence_terms, evidence_lines, volume_habits
-- gives   session_evidence: one row per session
-- binds   (none)
with

met as (
    select
        session,
        list(distinct other order by other) as others
    from overlapping_sessions
    group by session
)

select
    session_id(f.source, f.account, f.session)                          as session_id,
    a.account,
    a.account_p,
    a.is_clean,
    a.role,
    a.organisation,
    f.device,
    d.accounts                                                          as device_accounts,
    d.held                                                              as device_held,
    case when a.organisation is null then 0 else d.fellows - 1 end      as device_colleagues,
    f.address,
    x.accounts                                                          as address_accounts,
    x.held                                                              as address_held,
    case when a.organisation is null then 0 else x.fellows - 1 end      as address_colleagues,
    f.turn,
    f.first_at,
    f.last_at,
    f.events,
    f.persons,
    f.new_persons,
    f.writes,
    f.searches,
    round(h.mean, 9)                                                    as volume_mean,
    round(h.size, 9)                                                    as volume_size,
    coalesce(o.others, [])                                            as at_once,
    coalesce(t.terms, '[]')                                             as terms,
    coalesce(l.lines, [])                                               as lines
from session_features as f
join split_actors as a
  on a.actor = f.actor
left join place_uses as d
  on d.kind = 'device'
 and d.place = f.device
 and d.actor = f.actor
left join place_uses as x
  on x.kind = 'address'
 and x.place = f.address
 and x.actor = f.actor
left join volume_habits as h
  on h.role = a.role
left join met as o
  on o.session = f.session
left join evidence_terms as t
  on t.session = f.session
left join evidence_lines as l
  on l.session = f.session
where not f.is_declared
  and (f.persons > 0 or not a.is_clean)
