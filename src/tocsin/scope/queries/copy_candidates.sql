-- SPDX-License-Identifier: Apache-2.0
-- copy_candidates: the copies whose path ends most like the path that an access names.
-- reads   file_names, file_copies, files_of_sources
-- gives   copy_candidates: one row per source, path and copy; an archive named whole has all its members
with cut as (
    select
        *,
        string_split(nfc_normalize(path), '/') as segments,
        string_split(nfc_normalize(replace(path || '/' || member, '!', '/')), '/') as inner_segments
    from file_copies
),
placed as (
    select
        * exclude (segments, inner_segments),
        segments,
        false as is_inner
    from cut
    union all
    select
        * exclude (segments, inner_segments),
        inner_segments,
        true
    from cut
    where member is not null
),
asked_paths as (
    select distinct
        source,
        path,
        segments,
        base_name
    from file_names
),
alike as (
    select
        a.source,
        a.path,
        c.* exclude (path, segments),
        c.path as copy_path,
        len(
            list_filter(
                range(1, least(len(a.segments), len(c.segments)) + 1),
                lambda n: a.segments[-n:] = c.segments[-n:]
            )
        ) as common
    from asked_paths as a
    inner join placed as c
        on c.segments[-1] = a.base_name
    where c.files not in (select f.files from files_of_sources as f)
        or (c.files, a.source) in (select (f.files, f.source) from files_of_sources as f)
)
select
    *,
    -- Members of one archive named whole are one copy.
    case when is_inner then copy_path || '!' || member else copy_path end as version
from alike
qualify common = max(common) over (partition by source, path)
