# SPDX-License-Identifier: Apache-2.0
"""Preserves the logs before they expire: what is lost when, what to copy, whom to ask, who has answered.

Nothing here reads what a log says beyond its times; nothing is sent: people send letters.
"""
