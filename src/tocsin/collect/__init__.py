# SPDX-License-Identifier: Apache-2.0
"""Native records that do not lie in files: brought, as they are, into files of the case, once each.

A database, a search engine, a bucket or an audit repository is read page by page; each page is appended to a
spool of the case with its hash, and from there ingested as any file is: every event leads back to bytes.
"""
