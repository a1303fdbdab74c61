-- SPDX-License-Identifier: Apache-2.0
-- claims: the negative claims and their grades, as the scope found them.
-- reads   claims
-- gives   one row per claim

select
    claim,
    grade,
    hypotheses,
    basis,
    exceptions,
    derivation
from claims
order by claim
