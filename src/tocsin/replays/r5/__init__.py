# SPDX-License-Identifier: Apache-2.0
"""R5: appointments read through the patient view of a booking platform, 21 July 2020.

`replay.py` is the page to begin with. What is public and what is set here stands in `size.py`.
"""
