# SPDX-License-Identifier: Apache-2.0
"""The built-in connectors, registered by entry point as those of third parties are."""
