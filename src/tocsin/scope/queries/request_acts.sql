-- SPDX-License-Identifier: Apache-2.0
-- request_acts: the witnesses of each act that several sources tell of under one request.
-- reads   tellings, request_standings
-- gives   request_acts: one row per event
select
    s.act_id,
    'request' as joined_by,
    t.*
from tellings as t
inner join request_standings as s
    on s.request = t.request
where s.standing = 'joined'
