-- SPDX-License-Identifier: Apache-2.0
-- Oracle's unified audit trail, every column as the view has it, for the log format of the same name.
-- watermark: EVENT_TIMESTAMP_UTC
-- overlap: 10 minutes
-- dialect: oracle
-- right: AUDIT_VIEWER (the role), or select on AUDSYS.UNIFIED_AUDIT_TRAIL
-- from documentation: Oracle Database Reference 19c, UNIFIED_AUDIT_TRAIL. The watermark is that by which its
-- partitions are pruned. Records may be queued before they are written: hence the overlap.

select *
from unified_audit_trail
