-- SPDX-License-Identifier: Apache-2.0
-- controllers_count: how many controllers' persons are most likely concerned.
-- reads   counted
-- gives   one row

select count(distinct controller) filter (where level <= 2) as controllers
from counted
