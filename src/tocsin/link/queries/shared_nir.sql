-- SPDX-License-Identifier: Apache-2.0
-- shared_nir: numbers that more than one registry row bears as its NIR.
-- reads   numbered
-- gives   shared_nir: one row per NIR

select nir
from numbered
where nir is not null
  and not is_test
group by nir
having count(*) > 1
