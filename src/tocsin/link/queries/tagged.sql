-- SPDX-License-Identifier: Apache-2.0
-- tagged: local ids whose number is of a test authority, or has a wrong key.
-- reads   numbered
-- gives   tagged: one row per local id that has a tag

select
    own_id,
    bool_or(is_test) as test_identity,
    bool_or(has_false_key) as false_key
from numbered
where is_test
   or has_false_key
group by own_id
