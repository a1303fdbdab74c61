-- SPDX-License-Identifier: Apache-2.0
-- template_support: what share of first views each [[relations]] explains: with others, and it alone.
-- reads   session_features, explained_counts, link_templates
-- gives   one row per [[relations]], also where it explains nothing, one of one's own record and one of all together
-- binds   (none)
with

total as (
    select greatest(sum(new_persons), 1) as views
    from session_features
),

counted as (
    select
        template,
        sum(views) as views,
        sum(alone) as alone
    from explained_counts
    group by template
)

select
    case when n.template = 0 then 'own' else 'relation' end as kind,
    n.relations                                             as template,
    coalesce(c.views, 0) / t.views                          as share,
    coalesce(c.alone, 0) / t.views                          as alone
from link_templates as n
cross join total as t
left join counted as c
  on c.template = n.template
where n.template > 0
   or c.views > 0
union all
select
    'all'                          as kind,
    'all'                          as template,
    coalesce(c.views, 0) / t.views as share,
    coalesce(c.views, 0) / t.views as alone
from total as t
left join counted as c
  on c.template is null
