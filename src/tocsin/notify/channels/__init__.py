# SPDX-License-Identifier: Apache-2.0
"""The channels that come with Tocsin; each registers under `tocsin.channels`, as those of others do."""
