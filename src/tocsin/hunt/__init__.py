# SPDX-License-Identifier: Apache-2.0
"""Looks in the past for what others know: indicators from outside, and a sample of what was taken.

It compares and tells; it never decides.
"""
