-- SPDX-License-Identifier: Apache-2.0
-- explanations: first views of a person that a relation explains, by their local ids.
-- reads   explained_views, met_persons
-- gives   explanations: one row per account, person and template
-- binds   (none)
select
    x.actor,
    p.registry,
    p.person,
    x.template
from explained_views as x
join met_persons as p
  on p.number = x.number
