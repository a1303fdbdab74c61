# SPDX-License-Identifier: Apache-2.0
"""Log formats that are data: a description in TOML, compiled to the one statement that reads them."""
