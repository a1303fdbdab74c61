# SPDX-License-Identifier: Apache-2.0
"""Events to disclosures: which are suspect, what each showed, what could not be told, what did not happen."""
