# SPDX-License-Identifier: Apache-2.0
"""Before a wave leaves: how long it takes, what it costs, who will call. Begin with `plan.py`."""
