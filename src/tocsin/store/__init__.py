# SPDX-License-Identifier: Apache-2.0
"""The case folder: tables, their commits, the SQL engine that reads them. The only package that imports DuckDB."""
