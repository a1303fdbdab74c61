# SPDX-License-Identifier: Apache-2.0
"""What a registry or a table of records was in the past, rebuilt from what was told or copied of it then.

Messages, audit rows and dated copies all say cells: of a local id, a column, a value, an instant. Between
what is said nothing is made up: where the past is not known, the rows that may have held say so.
"""
