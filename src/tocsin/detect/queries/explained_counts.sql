-- SPDX-License-Identifier: Apache-2.0
-- explained_counts: how many first views of these accounts each template explains, with others and alone;
--   without a template, how many any of them does.
-- reads   explained_views
-- gives   explained_counts: one row per template and one of all together, some accounts at a time
-- binds   (none)
with

explained as (
    select
        count(*)      as templates,
        min(template) as template
    from explained_views
    group by actor, number
)

select template, count(*) as views, 0 as alone
from explained_views
group by template
union all
select template, 0 as views, count(*) as alone
from explained
where templates = 1
group by template
union all
select null as template, count(*) as views, 0 as alone
from explained
