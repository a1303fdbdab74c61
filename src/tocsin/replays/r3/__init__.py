# SPDX-License-Identifier: Apache-2.0
"""R3: a hospital group's file-sharing service, summer 2021.

`replay.py` is the page to begin with. What is public and what is set here stands in `size.py`. Two variants
read the files, and count the persons in them; in two nobody does, and only a limit is known, or none.
"""
