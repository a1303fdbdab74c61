-- SPDX-License-Identifier: Apache-2.0
-- shared_nir: numbers that more than one registry row bears as its NIR.
-- reads   marks
-- gives   shared_nir: one row per NIR

select nir
from marks
where nir is not null
  and not is_test
group by nir
having count(*) > 1
