-- SPDX-License-Identifier: Apache-2.0
-- learnt_support: what share of first views each link learnt from the logs explains, beyond what relations do
--   and each beyond the one before.
-- reads   session_features
-- gives   one row per learnt link that explains anything
-- binds   (none)
with

sums as (
    select
        cast(sum(new_persons) as bigint) as views,
        cast(sum(unexplained - unshared) as bigint) as colleague,
        cast(sum(elsewhere - untied) as bigint) as tie
    from session_features
),

learnt as (
    select 'colleague' as template, colleague as explained, views from sums
    union all
    select 'tie' as template, tie as explained, views from sums
)

select
    template,
    explained as views,
    explained / greatest(views, 1) as share
from learnt
where explained > 0
