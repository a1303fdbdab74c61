# SPDX-License-Identifier: Apache-2.0
"""The case folder: tables, their commits, and the SQL engine; the only package that imports DuckDB."""
