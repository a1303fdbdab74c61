-- SPDX-License-Identifier: Apache-2.0
-- exposure: what each person had shown, how sure that is, and in which count it enters.
-- reads   folded, controller_numbers, several_controllers
-- gives   exposure: one row per person and category

select
    f.person_id,
    f.category,
    ['taken', 'shown', 'reconstructed', 'reachable', 'unassessable', 'excluded'][f.certainty] as certainty,
    ['floor', 'best', 'ceiling'][f.count_in] as count_in,
    f.first_at,
    f.last_at,
    f.events,
    f.data_from,
    f.data_until,
    list_filter(
        [
            case when f.protection & 1 > 0 then 'clear' end,
            case when f.protection & 2 > 0 then 'encrypted' end,
            case when f.protection & 4 > 0 then 'pseudonymised' end
        ],
        lambda form: form is not null
    ) as protection,
    case
        when s.controllers is not null then s.controllers
        when c.controller is not null then [c.controller]
        else []
    end as controllers
from folded as f
left join controller_numbers as c
  on c.number = f.first_controller
left join several_controllers as s
  on s.person_id = f.person_id
 and s.category = f.category
