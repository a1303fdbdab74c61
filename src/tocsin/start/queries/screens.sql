-- SPDX-License-Identifier: Apache-2.0
-- screens: what the accounts obtained, by request template, the weightiest first.
-- reads   events
-- gives   one row per source, action, template and type
-- binds   $accounts, $since, $until
with obtained as (
    select
        source,
        action,
        object,
        object_type,
        person,
        persons,
        record,
        case
            when regexp_matches(object, '\.(css|js|map|ico|svg|woff2?|ttf)$')
                or (regexp_matches(object, '\.(png|jpe?g|gif)$') and not regexp_matches(object, '/[^/]*[0-9][^/]*/'))
                then regexp_replace(object, '[^/]*$', '*')
            when object is not null
                then array_to_string(
                    list_transform(
                        string_split(object, '/'),
                        lambda part: case
                            when regexp_matches(part, '[0-9]') and not regexp_full_match(part, 'v[0-9]{1,2}')
                                then '{}'
                            else part
                        end
                    ),
                    '/'
                )
        end as template
    from events
    where list_contains($accounts, account)
        and outcome <> 'failure'
        and action not in ('login', 'login_failed', 'logout')
        and ($since is null or occurred_at >= cast($since as timestamptz))
        and ($until is null or occurred_at < cast($until as timestamptz))
)

select
    source,
    action,
    template,
    object_type,
    count(*) as events,
    count(distinct object) as distinct_objects,
    bool_or(person is not null or len(coalesce(persons, [])) > 0) as names_person
from obtained
group by source, action, template, object_type
order by events desc, source, action, template, object_type
limit 200
