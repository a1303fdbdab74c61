# SPDX-License-Identifier: Apache-2.0
"""One account, two hands: which of its sessions were the owner's and which the thief's."""
