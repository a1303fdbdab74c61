-- SPDX-License-Identifier: Apache-2.0
-- listed_values: how many different values of a template's segment stand in the list.
-- reads   visited, listed
-- gives   one number
-- binds   $source, $action, $template, $segment
select count(distinct v.parts[$segment]) as values_listed
from visited as v
inner join listed as l
    on l.id = v.parts[$segment]
where v.source = $source
    and v.action = $action
    and v.template = $template
