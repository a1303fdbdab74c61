-- SPDX-License-Identifier: Apache-2.0
-- answers_known: which rows were taken in before, and the last number.
-- reads   answers
-- gives   one row per answer

select
    number,
    digest
from answers
order by number
