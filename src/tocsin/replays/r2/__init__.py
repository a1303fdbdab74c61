# SPDX-License-Identifier: Apache-2.0
"""R2: the identity server of a regional e-health operator, autumn 2025, one region a variant.

`replay.py` is the page to begin with. What is public and what is set here stands in `size.py`.
"""
