-- SPDX-License-Identifier: Apache-2.0
-- controller_names: names that a notice's first line may hold.
-- reads   controllers
-- gives   one row per name

select distinct name
from controllers
where name is not null
order by name
