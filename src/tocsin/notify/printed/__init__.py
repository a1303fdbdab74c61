# SPDX-License-Identifier: Apache-2.0
"""Letters on paper: pages by typst, with an address window and a QR code, in chunks or one by one."""
