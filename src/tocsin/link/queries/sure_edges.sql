-- SPDX-License-Identifier: Apache-2.0
-- sure_edges: the ties that hold for sure.
-- reads   ties
-- gives   edges: one row per pair

select distinct
    lower_id,
    upper_id
from ties
where sure
