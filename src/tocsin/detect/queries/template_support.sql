-- SPDX-License-Identifier: Apache-2.0
-- template_support: what share of first views each kind of relation explains, alone and together.
-- reads   person_views, explained_views
-- gives   one row per template, and one named all
-- binds   (none)
with

total as (
    select count(*) as views
    from person_views
    where is_new
),

counted as (
    select
        template,
        count(*) as views
    from explained_views
    group by template
    union all
    select
        'all' as template,
        count(*) as views
    from (select distinct actor, number from explained_views) as explained
)

select
    c.template,
    c.views,
    c.views / greatest(t.views, 1) as share
from counted as c
cross join total as t
