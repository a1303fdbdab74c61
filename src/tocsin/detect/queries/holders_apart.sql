-- SPDX-License-Identifier: Apache-2.0
-- holders_apart: of ranges of which no two hold one address, the one that holds each: the last that begins before it.
-- reads   address_digits, range_layers
-- gives   one row per address that one of them holds
-- binds   (none)
select
    a.address,
    r.first_address,
    r.last_address
from address_digits as a
asof join (select first_address, last_address from range_layers where is_apart) as r
  on a.digits >= r.first_address
where r.last_address >= a.digits
