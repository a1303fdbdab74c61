# SPDX-License-Identifier: Apache-2.0
"""What people write: case.toml, catalogue.toml and mappings, as frozen values. An unknown key is an error."""

from tocsin.core.settings.case import CaseSettings, KnownSettings, ShareSettings
from tocsin.core.settings.catalogue import Catalogue, Parameter, Rule
from tocsin.core.settings.frozen import Period
from tocsin.core.settings.inputs import (
    AccountSettings,
    FileSettings,
    RecordSettings,
    RegistrySettings,
    SourceSettings,
)
from tocsin.core.settings.load import load_case, load_catalogue, load_mapping
from tocsin.core.settings.mapping import FieldSettings, Mapping

__all__ = [
    "AccountSettings",
    "CaseSettings",
    "Catalogue",
    "FieldSettings",
    "FileSettings",
    "KnownSettings",
    "Mapping",
    "Parameter",
    "Period",
    "RecordSettings",
    "RegistrySettings",
    "Rule",
    "ShareSettings",
    "SourceSettings",
    "load_case",
    "load_catalogue",
    "load_mapping",
]
