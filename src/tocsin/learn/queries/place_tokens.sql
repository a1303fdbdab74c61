-- SPDX-License-Identifier: Apache-2.0
-- place_tokens: what stands for the varying segments of one place: a person, a record, a file, or anything.
-- reads   placed, serving
-- gives   place_tokens: one row per source, action and prefix
-- binds   $many_words, $heavy_words, $enough
with seen as (
    select
        source,
        action,
        prefix,
        segment,
        is_varying,
        candidates,
        cast(sum(events) as bigint) as events,
        cast(sum(open) as bigint) as open,
        bool_and(is_last) as is_last
    from placed
    group by
        source,
        action,
        prefix,
        segment,
        is_varying,
        candidates
),
words as (
    select
        source,
        action,
        prefix,
        count(*) as words,
        sum(events) as events,
        sum(events) filter (where place <= $many_words) as heavy
    from (
        select
            *,
            row_number() over (partition by source, action, prefix order by events desc, segment) as place
        from seen
        where not is_varying
    )
    group by
        source,
        action,
        prefix
),
-- Many words of which none stands out are values too.
merged as (
    select
        v.*,
        v.is_varying or coalesce(w.words > $many_words and w.heavy < $heavy_words * w.events, false) as is_value,
        coalesce(w.words > $many_words and w.heavy < $heavy_words * w.events, false) as are_words_values
    from seen as v
    left join words as w
        on w.source = v.source
        and w.action = v.action
        and w.prefix is not distinct from v.prefix
),
-- What the system answered tells what its ids are; guesses that it refused do not.
measured as (
    select
        *,
        max(open) over (partition by source, action, prefix) > 0 and open = 0 as is_guess
    from merged
    where is_value
),
places as (
    select
        source,
        action,
        prefix,
        bool_or(are_words_values) as are_words_values,
        bool_and(is_last) as is_last,
        count(*) filter (where not is_guess) as distinct_values
    from measured
    group by
        source,
        action,
        prefix
),
hits as (
    select
        m.source,
        m.action,
        m.prefix,
        s.candidate,
        s.token,
        s.registry,
        count(*) as hits,
        -- The word before may say which of two tables of numbers is meant.
        max(
            case
                when contains(lower(coalesce(string_split(m.prefix, '/')[-1], '')), s.stem) then 1
                else 0
            end
        ) as is_named
    from (
        select
            source,
            action,
            prefix,
            unnest(candidates) as candidate
        from measured
        where not is_guess
    ) as m
    inner join serving as s
        on s.source = m.source
        and s.candidate = m.candidate
    group by
        m.source,
        m.action,
        m.prefix,
        s.candidate,
        s.token,
        s.registry
),
ranked as (
    select
        h.*,
        row_number() over place as rank,
        lead(h.hits) over place as next_hits,
        lead(h.is_named) over place as next_named,
        lead(h.candidate) over place as next_candidate
    from hits as h
    inner join places as p
        on p.source = h.source
        and p.action = h.action
        and p.prefix is not distinct from h.prefix
    window place as (
        partition by h.source, h.action, h.prefix
        order by
            h.hits >= $enough * p.distinct_values desc,
            h.is_named desc,
            h.hits desc,
            h.candidate
    )
)
select
    p.source,
    p.action,
    p.prefix,
    p.are_words_values,
    p.distinct_values,
    r.candidate,
    r.registry,
    coalesce(r.hits, 0) as hits,
    r.next_candidate as other_candidate,
    coalesce(r.next_hits, 0) as other_hits,
    case
        when r.hits >= $enough * p.distinct_values
            -- Two tables that know the ids alike, and nothing that says which: a person must tell.
            and not coalesce(r.next_named = r.is_named and r.next_hits >= 0.9 * r.hits, false)
            then r.token
        when p.action in ('download', 'export') and p.is_last and r.candidate is null then '{file}'
        else '*'
    end as token
from places as p
left join ranked as r
    on r.source = p.source
    and r.action = p.action
    and r.prefix is not distinct from p.prefix
    and r.rank = 1
