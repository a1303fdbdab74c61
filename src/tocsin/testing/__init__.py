# SPDX-License-Identifier: Apache-2.0
"""What the author of a plug-in tests it with: the promises that each kind of plug-in keeps, as checks."""
