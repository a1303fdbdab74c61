# SPDX-License-Identifier: Apache-2.0
"""The command line: verbs in words, one place where errors become messages and exit codes.

`main.py` says in which module a verb stands; its folder is the moment when one needs it, from `begin` to
`notify`. What all verbs share is in `frame`, which knows none of them.
"""
