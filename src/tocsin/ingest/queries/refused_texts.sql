-- SPDX-License-Identifier: Apache-2.0
-- refused_texts: the first records of a file that its format could not read.
-- reads   set_aside
-- gives   text
-- binds   $file_number, $most

select text
from set_aside
where file_number = $file_number
  and reason = 'broken'
order by byte_offset
limit $most
