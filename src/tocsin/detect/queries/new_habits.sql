-- SPDX-License-Identifier: Apache-2.0
-- new_habits: from where, and under which session, accounts act; each such way not met before with a number.
--   Numbers sort and compare sooner than six texts do.
-- reads   slice_events, session_habits
-- gives   session_habits: one row per source, account, session, device, address and client
-- binds   $known
with

met as (
    select distinct
        source,
        account,
        session,
        device,
        address,
        client
    from slice_events
)

select
    cast($known + row_number() over () as integer) as habit,
    m.*
from met as m
anti join session_habits as h
  on h.source = m.source
 and h.account = m.account
 and h.session is not distinct from m.session
 and h.device is not distinct from m.device
 and h.address is not distinct from m.address
 and h.client is not distinct from m.client
