# SPDX-License-Identifier: Apache-2.0
"""R1: the platform of a care network for optics and third-party payment, November 2025.

`replay.py` is the page to begin with. What is public and what is set here stands in `size.py`.
"""
