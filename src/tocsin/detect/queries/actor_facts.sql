-- SPDX-License-Identifier: Apache-2.0
-- actor_facts: how each account appears in the logs, one pass over the events.
-- reads   events
-- gives   actor_facts: one row per account and what its records say of its number and place
-- binds   (none)
select
    account,
    professional_id,
    organisation,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*)         as events
from events
where account is not null
group by account, professional_id, organisation
