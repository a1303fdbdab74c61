# SPDX-License-Identifier: Apache-2.0
"""What the logs themselves say of what they lack, and who could not work in the meantime."""
