-- SPDX-License-Identifier: Apache-2.0
-- template_support: what share of first views each [[relations]] explains: with others, and it alone.
-- reads   person_views, explained_views, link_templates
-- gives   one row per [[relations]], also where it explains nothing, one of one's own record and one of all together
-- binds   (none)
with

total as (
    select count(*) as views
    from person_views
    where is_new
),

explained as (
    select
        actor,
        number,
        count(*)      as templates,
        min(template) as template
    from explained_views
    group by actor, number
),

counted as (
    select
        template,
        count(*) as views
    from explained_views
    group by template
),

lone as (
    select
        template,
        count(*) as views
    from explained
    where templates = 1
    group by template
)

select
    case when n.template = 0 then 'own' else 'relation' end as kind,
    n.relations                                             as template,
    coalesce(c.views, 0) / greatest(t.views, 1)             as share,
    coalesce(l.views, 0) / greatest(t.views, 1)             as alone
from link_templates as n
cross join total as t
left join counted as c
  on c.template = n.template
left join lone as l
  on l.template = n.template
where n.template > 0
   or c.views > 0
union all
select
    'all'                                                                            as kind,
    'all'                                                                            as template,
    (select count(*) from explained) / greatest(views, 1)                            as share,
    (select count(*) from explained) / greatest(views, 1)                            as alone
from total
