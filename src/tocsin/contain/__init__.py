# SPDX-License-Identifier: Apache-2.0
"""Contains: what must be cut for each suspect account, who did it, who checked, and the way back to work.

In this first form people act; connectors that act on a directory or an identity provider offer the same five
methods (`interface.py`). The journal is the truth: the present is the fold of its entries.
"""
