# SPDX-License-Identifier: Apache-2.0
"""R7: practice software of 23,000 professionals, first seen on the account of a doctor who had left; 2025.

`replay.py` is the page to begin with. What is public and what is set here stands in `size.py`.
"""
