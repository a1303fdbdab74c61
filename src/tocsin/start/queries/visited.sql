-- SPDX-License-Identifier: Apache-2.0
-- visited: distinct paths that the accounts obtained, with their template and segments.
-- reads   events
-- gives   visited: one row per source, action and path
-- binds   $accounts, $since, $until
select
    source,
    action,
    object,
    string_split(object, '/') as parts,
    array_to_string(
        list_transform(
            string_split(object, '/'),
            lambda part: case
                when regexp_matches(part, '[0-9]') and not regexp_full_match(part, 'v[0-9]{1,2}') then '{}'
                else part
            end
        ),
        '/'
    ) as template
from events
where object is not null
    and list_contains($accounts, account)
    and outcome <> 'failure'
    and ($since is null or occurred_at >= cast($since as timestamptz))
    and ($until is null or occurred_at < cast($until as timestamptz))
group by source, action, object
