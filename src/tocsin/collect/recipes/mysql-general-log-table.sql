-- SPDX-License-Identifier: Apache-2.0
-- The general log of MySQL or MariaDB where it is kept in a table (log_output = TABLE). Describe it by a mapping.
-- watermark: event_time
-- overlap: 1 minute
-- dialect: mysql
-- right: select on mysql.general_log
-- seen live in MariaDB. It tells what was asked, not what was answered, and our own reading stands in it too.

select
    event_time,
    user_host,
    thread_id,
    server_id,
    command_type,
    convert(argument using utf8mb4) as argument
from mysql.general_log
