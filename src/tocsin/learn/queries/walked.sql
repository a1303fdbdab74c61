-- SPDX-License-Identifier: Apache-2.0
-- walked: the paths one segment further, what varies replaced by its token.
-- reads   walked, placed, place_tokens
-- gives   walked: one row per object; an object that ends before stays as it was
-- binds   $depth
with further as (
    select
        p.object_id,
        p.prefix,
        p.segment,
        p.is_varying or coalesce(t.are_words_values, false) as is_value,
        t.token,
        t.candidate,
        t.registry,
        t.distinct_values,
        t.hits,
        t.other_candidate,
        t.other_hits
    from placed as p
    left join place_tokens as t
        on t.source = p.source
        and t.action = p.action
        and t.prefix is not distinct from p.prefix
)
select
    w.object_id,
    case
        when f.object_id is null then w.prefix
        else concat_ws('/', w.prefix, case when f.is_value then f.token else f.segment end)
    end as prefix,
    case
        when f.is_value then list_append(w.varying, f.segment)
        else w.varying
    end as varying,
    case
        when f.is_value
            then list_append(
                w.measured,
                {
                    'place': $depth,
                    'token': f.token,
                    'candidate': f.candidate,
                    'registry': f.registry,
                    'values': f.distinct_values,
                    'hits': f.hits,
                    'other_candidate': f.other_candidate,
                    'other_hits': f.other_hits
                }
            )
        else w.measured
    end as measured
from walked as w
left join further as f
    on f.object_id = w.object_id
