-- SPDX-License-Identifier: Apache-2.0
-- request_shapes: what each account asked for, digits folded: few enough shapes for the template of each to be found.
-- reads   events
-- gives   request_shapes: one row per account, action and shape
-- binds   $since, $until

select distinct
    account,
    action,
    folded_digits(coalesce(object, record_type, object_type, '')) as shape
from events
where account is not null
  and ($since is null or occurred_at >= cast($since as timestamptz))
  and ($until is null or occurred_at < cast($until as timestamptz))
