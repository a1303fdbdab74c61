# SPDX-License-Identifier: Apache-2.0
"""Logged SQL, run again for all events of a template at once on the tables as they were.

A statement is never given to the engine as it stands: it is parsed, and only what is known to be harmless
is written anew.
"""
