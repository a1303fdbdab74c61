-- SPDX-License-Identifier: Apache-2.0
-- nextcloud: what the sentences of admin_audit and of the core say was done, to which file, for whom.
-- reads   found
-- gives   found with `action`, `outcome`, `file`, `tried_for`, `target_path` and `target_query`
-- binds   (none)

select
    *,
    case
        when said like 'Login failed:%' or said like 'Login attempt failed%' then 'login_failed'
        when said like 'Login successful%' then 'login'
        when said like 'Logout occurred%' then 'logout'
        when app <> 'admin_audit' then 'other'
        when said like 'Preview accessed:%' then 'read'
        when said like 'The shared file %accessed%' or said like '% has been accessed%' then 'download'
        when said like 'File %accessed: "%' then 'download'
        when said like 'File %created: "%' or said like 'File %written to: "%' then 'upload'
        when said like 'Directory created: "%' then 'create'
        when said like 'File %deleted: "%' or said like '% deleted: "%' or said like '%trash%' then 'delete'
        when said like 'File %renamed%' or said like 'File %copied%' or said like 'File %restored%' then 'update'
        when said like '% has been %shared %' or said like '% of the publicly shared %' then 'share'
        when said like 'User %' or said like 'Group %' or said like 'App %' or said like '%password%' then 'admin'
        else 'other'
    end as action,
    case
        when said like 'Login failed:%' or said like 'Login attempt failed%' then 'failure'
        when said like 'Login attempt:%' then 'unknown'
        when app = 'admin_audit' then 'success'
        when try_cast(level as integer) >= 2 then 'failure'
        else 'unknown'
    end as outcome,
    case
        when app = 'admin_audit' and said like 'The %' then
            nullif(regexp_extract(said, '^The (?:shared )?(?:file|folder|item)(?:/folder)? "(.*?)" ', 1), '')
        when app = 'admin_audit' and said like '%: "%' then
            nullif(regexp_extract(said, '(?s)(?:accessed|created|written to|deleted|copied|restored|renamed): "(.*?)"(?:$| to "| \(width| from )', 1), '')
        when app = 'admin_audit' and said like 'File %renamed from "%' then
            nullif(regexp_extract(said, '(?s) renamed from "(.*?)" to "', 1), '')
    end as file,
    case
        when said like 'Login failed:%' then nullif(regexp_extract(said, '^Login failed: ''?(.*?)''? \(Remote IP: ', 1), '')
        when said like 'Login attempt failed%' then nullif(regexp_extract(said, ': (.*)$', 1), '')
        when said like 'Login %: "%' then nullif(regexp_extract(said, '^Login [a-z]+: "(.*)"$', 1), '')
    end as tried_for,
    split_part(nullif(url, '--'), '?', 1) as target_path,
    case when contains(url, '?') then substr(url, strpos(url, '?') + 1) end as target_query
from found
