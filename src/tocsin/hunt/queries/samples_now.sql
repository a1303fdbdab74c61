-- SPDX-License-Identifier: Apache-2.0
-- samples_now: the samples that were matched before, and this one.
-- reads   samples
-- gives   samples: one row per sample
-- binds   $sample, $rows, $identified_rows, $ambiguous_rows, $persons, $shown, $elsewhere, $exceeds
select *
from samples
where sample <> $sample
union all by name
select
    $sample as sample,
    $rows as rows,
    $identified_rows as identified_rows,
    $ambiguous_rows as ambiguous_rows,
    $persons as persons,
    $shown as shown,
    $elsewhere as elsewhere,
    $exceeds as exceeds
