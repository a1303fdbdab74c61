# SPDX-License-Identifier: Apache-2.0
"""R4: places in care homes, three regional agencies, some ten professionals' accounts, autumn 2025.

`replay.py` is the page to begin with. What is public and what is set here stands in `size.py`.
"""
