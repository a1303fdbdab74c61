-- SPDX-License-Identifier: Apache-2.0
-- controller_numbers: controllers as small numbers, in the order of their names.
-- reads   disclosures
-- gives   controller_numbers: one row per controller

with

named as (
    select distinct controller
    from disclosures
    where controller is not null
)

select
    controller,
    row_number() over (order by controller)::integer as number
from named
