-- SPDX-License-Identifier: Apache-2.0
-- authorities: who assigned the INS of registry rows, as small numbers; what the INS's own authorities assigned has none.
-- reads   registry
-- gives   authorities: one row per OID met

with

named as (
    select distinct coalesce(ins_oid, nullif(split_part(split_part(ins, '^', 4), '&', 2), '')) as oid
    from registry
    where ins is not null
)

select
    oid,
    case
        when oid not in ('1.2.250.1.213.1.4.8', '1.2.250.1.213.1.4.9')
        then row_number() over (order by oid)::smallint
    end as authority,
    oid in ('1.2.250.1.213.1.4.10', '1.2.250.1.213.1.4.11') as is_test
from named
where oid is not null
