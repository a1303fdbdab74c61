# SPDX-License-Identifier: Apache-2.0
"""The command line: verbs in words, one place where errors become messages and exit codes."""
