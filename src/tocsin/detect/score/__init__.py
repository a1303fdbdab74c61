# SPDX-License-Identifier: Apache-2.0
"""The score: how much likelier a thief makes what an account did than its own habit."""
