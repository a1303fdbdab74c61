-- SPDX-License-Identifier: Apache-2.0
-- with_lines: persons with a postal address that can be used.
-- reads   recipients
-- gives   one row per person

select person_id
from recipients
where lines is not null
