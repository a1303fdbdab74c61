# SPDX-License-Identifier: Apache-2.0
"""The notification on the EDPB's template as JSON, and a JSON Schema of our own beside it.

No official machine-readable form was found; ids are the template's sections with our names. Every field has
its state, its value, its evidence, or who can answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tocsin.declare.fill import Field
from tocsin.declare.ground import Ground
from tocsin.declare.inputs import Input, inputs, list_of

TEMPLATE: Final = "EDPB Template [2026] for personal data breach notification, v1.0 (consultation draft)"
SCHEMA_FILE: Final = "edpb-notification.schema.json"
NOTIFICATION_FILE: Final = "edpb-notification.json"

Json = dict[str, Any]


def edpb_files(fields: Mapping[str, Field], kind: str, version: int, ground: Ground) -> dict[str, bytes]:
    """The notification and its schema, by file name."""
    notification = edpb_notification(fields, kind, version, ground)
    return {NOTIFICATION_FILE: _written(notification), SCHEMA_FILE: _written(edpb_schema())}


def edpb_notification(fields: Mapping[str, Field], kind: str, version: int, ground: Ground) -> Json:
    """The notification as plain values."""
    return {
        "$schema": SCHEMA_FILE,
        "template": TEMPLATE,
        "case": ground.settings["case"]["id"],
        "kind": kind,
        "version": version,
        "made_at": ground.now.isoformat(),
        "fields": {name: _field(fields[name]) for name, one in inputs().items() if one.is_edpb},
    }


def _field(field: Field) -> Json:
    told: Json = {"title": inputs()[field.id].title, "state": field.state}
    if field.state == "filled":
        told |= {"value": field.value, "origin": field.origin}
        told["evidence"] = [msgspec.to_builtins(one) for one in field.evidence]
    if field.state == "tbd":
        told["who"] = list(field.who)
    for name in ("persons", "at_most"):
        if getattr(field, name) is not None:
            told[name] = getattr(field, name)
    if field.is_boundless:
        told["boundless"] = True
    return told


def edpb_schema() -> Json:
    """JSON Schema (2020-12) of the notification."""
    asked = {name: one for name, one in inputs().items() if one.is_edpb}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TEMPLATE,
        "type": "object",
        "required": ["template", "case", "kind", "version", "made_at", "fields"],
        "additionalProperties": False,
        "properties": {
            "$schema": {"type": "string"},
            "template": {"const": TEMPLATE},
            "case": {"type": "string"},
            "kind": {"enum": ["initial", "complementary", "withdrawn"]},
            "version": {"type": "integer", "minimum": 1},
            "made_at": {"type": "string", "format": "date-time"},
            "fields": {
                "type": "object",
                "required": list(asked),
                "additionalProperties": False,
                "properties": {name: _schema_of(one) for name, one in asked.items()},
            },
        },
        "$defs": _definitions(),
    }


def _schema_of(one: Input) -> Json:
    """A field is filled with a value of its kind, or it is not filled."""
    filled = {"properties": {"state": {"const": "filled"}, "value": _value_schema(one)}}
    return {
        "title": one.title["en"],
        "$ref": "#/$defs/field",
        "if": {"properties": {"state": {"const": "filled"}}},
        "then": {**filled, "required": ["value", "origin", "evidence"]},
        "else": {"not": {"required": ["value"]}},
    }


def _value_schema(one: Input) -> Json:
    closed = list_of(one)
    if closed is not None:
        return {"enum": list(closed)}
    schemas: dict[str, Json] = {
        "number": {"type": "integer", "minimum": 0},
        "instant": {"type": "string", "format": "date-time"},
        "names": {"type": "array", "items": {"type": "string"}},
    }
    return schemas.get(one.kind, {"$ref": "#/$defs/text"})


def _definitions() -> Json:
    both = {"fr": {"type": "string"}, "en": {"type": "string"}}
    return {
        "text": {
            "anyOf": [{"type": "string"}, {"type": "object", "required": ["fr", "en"], "properties": both}]
        },
        "evidence": {
            "type": "object",
            "required": ["kind", "path"],
            "properties": {
                "kind": {"type": "string"},
                "path": {"type": "string"},
                "query": {"type": "string"},
            },
        },
        "field": {
            "type": "object",
            "required": ["title", "state"],
            "properties": {
                "title": {"type": "object", "required": ["fr", "en"], "properties": both},
                "state": {"enum": ["filled", "tbd", "not_applicable"]},
                "origin": {"enum": ["facts", "answer", "setting"]},
                "evidence": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/evidence"}},
                "who": {"type": "array", "items": {"type": "string"}},
                "persons": {"type": "integer", "minimum": 0},
                "at_most": {"type": "integer", "minimum": 0},
                "boundless": {"type": "boolean"},
            },
        },
    }


def _written(tree: Json) -> bytes:
    return (json.dumps(tree, indent=1, ensure_ascii=False) + "\n").encode()
