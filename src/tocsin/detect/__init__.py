# SPDX-License-Identifier: Apache-2.0
"""Events to findings: which accounts acted without right, each with its reason in words.

The first rule is exact: an account that obtains a person it may not see. Habits, sessions and campaigns
are not here yet.
"""
