# SPDX-License-Identifier: Apache-2.0
"""The words everyone shares: terms, tables, settings, errors. Imports nothing else of Tocsin."""
