# SPDX-License-Identifier: Apache-2.0
"""Events to findings: which accounts acted without right, each with its reason in words.

Exact rules, and one score: how much likelier a thief makes an account's sessions than its own habit does.
Telling the owner's sessions from the thief's has a first form; campaigns are not here yet.
"""
