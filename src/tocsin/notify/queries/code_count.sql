-- SPDX-License-Identifier: Apache-2.0
-- code_count: how many codes were released, over all waves.
-- reads   notices
-- gives   one row: their number

select count(*)
from notices
