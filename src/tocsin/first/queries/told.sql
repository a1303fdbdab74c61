-- SPDX-License-Identifier: Apache-2.0
-- told: which kinds of thing one account's events tell at all, so that what they cannot tell is said.
-- reads   acts, set_aside
-- gives   one row
-- binds   $account

select
    count(*) filter (person is not null or persons is not null)             as with_person,
    count(*) filter (record is not null)                                    as with_record,
    count(*) filter (outcome = 'success'
                     and person is null
                     and persons is null
                     and record is null
                     and action not in ('login', 'login_failed', 'logout')) as nameless,
    count(*) filter (session is not null)                                   as with_session,
    count(*) filter (address is not null)                                   as with_address,
    count(*) filter (device is not null)                                    as with_device,
    count(*) filter (user_agent is not null)                                as with_agent,
    count(*) filter (action in ('login', 'login_failed'))                   as sign_ins,
    count(*) filter (outcome not in ('success', 'failure'))                 as unknown,
    (select count(*) from set_aside)                                        as set_aside,
    (select count(*) from set_aside where account = $account)               as own_set_aside
from acts
where account = $account
