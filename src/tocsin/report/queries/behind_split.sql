-- SPDX-License-Identifier: Apache-2.0
-- behind_split: some events of each session of a class, or of the likeliest session of each person of a class.
-- reads   split_sessions, split_persons
-- gives   behind: one row per event
-- binds   $account, $class, $of_persons

select distinct unnest(s.lines) as event_id
from split_sessions as s
where ($account is null or s.account = $account)
  and case
      when $of_persons then s.session_id in (select p.session_id from split_persons as p where p."class" = $class)
      else $class is null or s."class" = $class
  end
