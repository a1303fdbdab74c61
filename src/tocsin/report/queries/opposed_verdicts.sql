-- opposed_verdicts: two suspects of one rank and selector whose verdicts differ where their periods meet.
-- reads   suspects
-- gives   one row per pair

select
    a.suspect_id as one,
    b.suspect_id as other,
    a.account
from suspects as a
join suspects as b
  on b.suspect_id > a.suspect_id
 and b.origin = a.origin
 and b.verdict <> a.verdict
 and b.decided_at is not distinct from a.decided_at
 and b.source is not distinct from a.source
 and b.account is not distinct from a.account
 and b.session_id is not distinct from a.session_id
 and b.session is not distinct from a.session
 and b.address is not distinct from a.address
 and b.device is not distinct from a.device
 and b.client is not distinct from a.client
 and b.user_agent is not distinct from a.user_agent
 and b.file_name is not distinct from a.file_name
 and coalesce(a.from_at < b.until_at, true)
 and coalesce(b.from_at < a.until_at, true)
order by
    a.suspect_id,
    b.suspect_id
