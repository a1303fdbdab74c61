# SPDX-License-Identifier: Apache-2.0
"""An open benchmark of detection: made platforms with known thieves, and what each method finds there."""
