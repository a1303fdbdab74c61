-- SPDX-License-Identifier: Apache-2.0
-- SQL Server's audit files, every column as the function has it, for the log format of the same name.
-- watermark: event_time
-- overlap: 1 minute
-- dialect: tsql
-- right: control server, or view server security audit from SQL Server 2022 on
-- from documentation: sys.fn_get_audit_file (Transact-SQL). `files` is a path as the server sees it, with an
-- asterisk for all files of an audit; event_time is in UTC. The server writes late by QUEUE_DELAY, 1 s unless
-- it was set: give a longer overlap where it is longer.

select *
from sys.fn_get_audit_file(:files, default, default)
