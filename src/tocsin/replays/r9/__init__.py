# SPDX-License-Identifier: Apache-2.0
"""R9: a social-security service for people employed at home; identities of more than a million; 2025.

`replay.py` is the page to begin with. What is public and what is set here stands in `size.py`.
"""
