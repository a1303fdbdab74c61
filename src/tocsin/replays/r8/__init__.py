# SPDX-License-Identifier: Apache-2.0
"""R8: the practice software of a health centre of twelve people, November 2025.

`replay.py` is the page to begin with. What is public and what is set here stands in `size.py`.
"""
