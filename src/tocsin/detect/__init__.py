# SPDX-License-Identifier: Apache-2.0
"""Events to findings: which accounts acted without right, each with its reason in words.

Exact rules, and one score of how much likelier a thief makes an account's sessions than its own habit. Telling
apart the owner's sessions from the thief's has a first form; campaigns are not here yet.
"""
