-- SPDX-License-Identifier: Apache-2.0
-- published_digests: what is published of each code, from which neither code nor person is found again.
-- reads   notices
-- gives   one row per code, 24 hexadecimal digits, in their order
-- binds   $case

select left(sha256($case || chr(0) || code), 24) as digest
from notices
order by digest
