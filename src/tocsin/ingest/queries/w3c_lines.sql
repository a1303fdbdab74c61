-- SPDX-License-Identifier: Apache-2.0
-- w3c_lines: what stands where in lines of a W3C extended log, by the places that each line's header gives.
-- reads   records
-- gives   parsed: one row per record
-- binds   (none)

with

cells as (
    select
        *,
        -- IIS parts fields with spaces, CloudFront with tabs
        contains(record, chr(9)) as is_tabbed,
        case
            when contains(record, chr(9)) then string_split(record, chr(9))
            else string_split(rtrim(record, ' '), ' ')
        end as cells
    from records
),

fields as (
    select
        *,
        coalesce(nullif(cells[at_date], '-'), header_date) || 'T' || cells[at_time]  as time_written,
        nullif(cells[at_c_ip], '-')                                                 as client,
        nullif(cells[at_c_port], '-')                                               as client_port,
        nullif(cells[at_cs_username], '-')                                          as login,
        nullif(cells[at_cs_method], '-')                                            as method_written,
        nullif(cells[at_cs_uri_stem], '-')                                          as stem,
        nullif(cells[at_cs_uri_query], '-')                                         as arguments,
        nullif(cells[at_sc_status], '-')                                            as status,
        nullif(cells[at_sc_substatus], '-')                                         as substatus,
        nullif(cells[at_sc_win32_status], '-')                                      as win32_status,
        nullif(cells[at_sc_bytes], '-')                                             as sent,
        nullif(cells[at_cs_bytes], '-')                                             as received,
        nullif(cells[at_time_taken], '-')                                           as time_taken,
        nullif(cells[at_cs_user_agent], '-')                                        as agent,
        nullif(cells[at_cs_referer], '-')                                           as referer,
        nullif(coalesce(cells[at_cs_host], cells[at_x_host_header]), '-')              as host_asked,
        nullif(cells[at_s_computername], '-')                                       as computer,
        nullif(cells[at_s_sitename], '-')                                           as site,
        nullif(cells[at_s_ip], '-')                                                 as server,
        nullif(cells[at_s_port], '-')                                               as server_port,
        nullif(cells[at_x_session], '-')                                            as ftp_session,
        nullif(cells[at_x_fullpath], '-')                                           as full_path,
        nullif(cells[at_x_edge_request_id], '-')                                    as request_id,
        nullif(cells[at_x_forwarded_for], '-')                                      as forwarded_for
    from cells
)

select
    * exclude (cells),
    len(cells) = field_count as is_whole,
    -- the FTP server of IIS 6 numbers its sessions before the command
    case
        when starts_with(method_written, '[') then regexp_replace(method_written, '^\[[0-9]+\]', '')
        else method_written
    end as method,
    case
        when is_tabbed and contains(stem, '%') then coalesce(try(url_decode(stem)), stem)
        when is_tabbed then stem
        else replace(stem, '+', ' ')
    end as path,
    case
        when is_tabbed and contains(agent, '%') then coalesce(try(url_decode(agent)), agent)
        when is_tabbed then agent
        else replace(agent, '+', ' ')
    end as user_agent_said
from fields
