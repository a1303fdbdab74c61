# SPDX-License-Identifier: Apache-2.0
"""The first look: what one account did, from raw logs alone, before any case exists.

Facts of the logs and nothing else: no verdict, no probability, no catalogue. What a case adds is not here.
"""
