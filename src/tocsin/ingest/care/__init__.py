# SPDX-License-Identifier: Apache-2.0
"""Who treats whom, as interface engines and FHIR servers tell it: stays, appointments, care teams.

Messages become the same rows of relations as people's tables do; each message is counted once.
"""
