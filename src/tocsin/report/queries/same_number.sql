-- SPDX-License-Identifier: Apache-2.0
-- same_number: the local ids whose NIR or INS is the one asked for, whatever its key and spelling.
-- reads   registry
-- gives   one row per registry and local id
-- binds   $number

select distinct
    registry,
    person
from registry
where left(regexp_replace(upper(nir), '[^0-9A-Z]', '', 'g'), 13) = $number
   or left(regexp_replace(upper(split_part(ins, '^', 1)), '[^0-9A-Z]', '', 'g'), 13) = $number
order by
    registry,
    person
