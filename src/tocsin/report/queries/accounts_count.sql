-- SPDX-License-Identifier: Apache-2.0
-- accounts_count: how many accounts acted within the scope.
-- reads   acts
-- gives   one row

select
    count(distinct account) filter (where is_illegitimate) as floor,
    count(distinct account) filter (where is_illegitimate or p >= 0.5) as best,
    count(distinct account) as ceiling
from acts
