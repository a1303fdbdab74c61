-- SPDX-License-Identifier: Apache-2.0
-- first_labels: before anything is joined, each local id that has a tie stands for itself.
-- reads   ties
-- gives   labels: one row per local id that has a tie

select
    lower_id as own_id,
    lower_id as label
from ties
union
select
    upper_id,
    upper_id
from ties
