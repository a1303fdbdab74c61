-- SPDX-License-Identifier: Apache-2.0
-- judged_account_names: who acted in the scope, whatever selected the events.
-- reads   judged, events
-- gives   one row per account
select distinct e.account
from judged as j
inner join events as e
    on e.event_id = j.event_id
where e.account is not null
order by e.account
