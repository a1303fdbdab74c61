-- SPDX-License-Identifier: Apache-2.0
-- audit_fates: what becomes of each audit row: told, not_told (of another table or column) or set_aside, and why.
-- reads   audit_rows
-- gives   history_fates: one row per audit row
-- binds   $told, $table
select
    *,
    lower(coalesce(action, '')) in ('insert', 'i', 'create', 'c', 'created', 'inserted') as is_new,
    lower(coalesce(action, '')) in ('delete', 'd', 'deleted', 'remove')                  as is_gone,
    case
        when $table is not null and "table" is distinct from $table then 'not_told'
        when key is null then 'set_aside'
        when said_at is null then 'set_aside'
        when is_new or is_gone then 'told'
        when list_contains($told, "column") then 'told'
        else 'not_told'
    end as fate,
    case
        when $table is not null and "table" is distinct from $table then 'other_table'
        when key is null then 'no_key'
        when said_at is null then 'no_time'
        when is_new then 'insert'
        when is_gone then 'delete'
        when list_contains($told, "column") then 'change'
        else 'other_column'
    end as reason
from audit_rows
