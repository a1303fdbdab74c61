# SPDX-License-Identifier: Apache-2.0
"""How one begins: a new case, the guided start, the demonstration, the papers needed before."""
