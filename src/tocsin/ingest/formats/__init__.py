# SPDX-License-Identifier: Apache-2.0
"""The formats that come with Tocsin; each is registered by entry point, as anybody's would be."""
