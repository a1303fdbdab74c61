-- SPDX-License-Identifier: Apache-2.0
-- log_end: until when the case's logs go.
-- reads   events
-- gives   one row
select max(occurred_at) as last_at
from events
