-- SPDX-License-Identifier: Apache-2.0
-- explanations: first views of a person that a relation explains, by their local ids.
-- reads   explained_views, link_templates, met_persons
-- gives   explanations: one row per account, person and template
-- binds   (none)
select
    x.actor,
    p.registry,
    p.person,
    coalesce(t.relations, 'own') as template
from explained_views as x
join met_persons as p
  on p.number = x.number
join link_templates as t
  on t.template = x.template
