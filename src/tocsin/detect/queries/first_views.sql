-- SPDX-License-Identifier: Apache-2.0
-- first_views: when each account sees a person for the first time, and in which session.
-- reads   bucket_views
-- gives   first_views: one row per account and person
-- binds   (none)
with

firsts as (
    select
        actor,
        number,
        min(moment(seen_us, session)) as first
    from bucket_views
    group by actor, number
)

select
    moment_id(first)  as session,
    actor,
    number,
    moment_us(first)  as seen_us
from firsts
