# SPDX-License-Identifier: Apache-2.0
"""The built-in readers of files, registered by entry point as those of third parties are."""
