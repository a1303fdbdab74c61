-- SPDX-License-Identifier: Apache-2.0
-- own_acts: everything that one account did, over the whole of the logs.
-- reads   events
-- gives   own_acts: one row per event of the account
-- binds   $account

select
    event_id,
    occurred_at,
    source,
    file_number,
    account,
    account_name,
    professional_id,
    organisation,
    session,
    address,
    device,
    user_agent,
    client,
    retry_of,
    action,
    coalesce(object, record_type, object_type, '') as object,
    person,
    person_domain,
    persons,
    record_type,
    record,
    query,
    bytes,
    outcome,
    status
from events
where account = $account
