# SPDX-License-Identifier: Apache-2.0
"""Dumps of databases that are SQL texts (pg_dump, mysqldump, mariadb-dump, sqlite3), as batches of texts.

The text is cut, never run: rows of `insert into … values` and of PostgreSQL's `copy … from stdin`.
"""
