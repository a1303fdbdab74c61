# SPDX-License-Identifier: Apache-2.0
"""R3: a hospital group's file-sharing service, summer 2021.

`replay.py` is the page to begin with. What is public and what is set here stands in `size.py`. In this first
form nobody reads the files: what left is counted in files; of persons only a limit, or none, is known.
"""
