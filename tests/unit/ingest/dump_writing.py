# SPDX-License-Identifier: Apache-2.0
"""Text dumps of a world's registry, as pg_dump and mysqldump write them.

Each stands there beside a table that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tests.unit.ingest.past_worlds import World

NAMES = ("ipp", "nom", "tel", "region")
Row = tuple[str | None, ...]
_COPIED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ESCAPED = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\0": "\\0", "\x1a": "\\Z"})


def rows_of(world: World, at: datetime) -> list[Row]:
    """The registry as it truly was."""
    return [(person, s["nom"], s["tel"], s["region"]) for person, s in sorted(world.at(at).items())]


def pg_copy(rows: Iterable[Row], names: tuple[str, ...] = NAMES) -> str:
    """`pg_dump`: a `copy` a table."""
    written = ("\t".join("\\N" if v is None else v.translate(_COPIED) for v in row) + "\n" for row in rows)
    return _pg(f"COPY public.patients ({', '.join(names)}) FROM stdin;\n{''.join(written)}\\.\n", names)


def pg_inserts(rows: Iterable[Row], names: tuple[str, ...] = NAMES) -> str:
    """`pg_dump --inserts`: a statement a row, backslashes as they are."""
    written = (
        ", ".join("NULL" if v is None else "'" + v.replace("'", "''") + "'" for v in row) for row in rows
    )
    return _pg("".join(f"INSERT INTO public.patients VALUES ({row});\n" for row in written), names)


def _pg(held: str, names: tuple[str, ...]) -> str:
    columns = ",\n".join(f"    {name} character varying(80) DEFAULT 'x,('::text" for name in names)
    return (
        "--\n-- PostgreSQL database dump\n--\n\n\\restrict k\n\nSET client_encoding = 'UTF8';\n"
        "SET standard_conforming_strings = on;\n\n"
        "CREATE FUNCTION public.seen() RETURNS trigger AS $_$ begin; it's done; end $_$;\n"
        f"CREATE TABLE public.patients (\n{columns},\n"
        "    CONSTRAINT c CHECK (((ipp)::text <> ''::text))\n);\n"
        "COPY public.stays (ipp, ward) FROM stdin;\nP0001\tINSERT INTO public.patients VALUES (1);\n\\.\n\n"
        f"{held}\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict k\n"
    )


def my_inserts(rows: Iterable[Row], names: tuple[str, ...] = NAMES) -> str:
    """`mysqldump`: many rows a statement, backslashes escape."""
    columns = "".join(f"  `{name}` varchar(80) DEFAULT NULL COMMENT 'l''un; (b)',\n" for name in names)
    written = (
        ",".join("NULL" if v is None else "'" + v.translate(_ESCAPED) + "'" for v in row) for row in rows
    )
    held = ",\n".join(f"({row})" for row in written)
    return (
        "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\n--\n"
        "/*!40101 SET NAMES utf8mb4 */;\nCREATE TABLE `stays` (\n  `ipp` text\n);\n"
        f"INSERT INTO `stays` VALUES ('INSERT INTO `patients` VALUES (1);');\n"
        f"CREATE TABLE `patients` (\n{columns}"
        "  PRIMARY KEY (`ipp`),\n  KEY `k` (`nom`,`tel`)\n) ENGINE=InnoDB;\n"
        "LOCK TABLES `patients` WRITE;\n/*!40000 ALTER TABLE `patients` DISABLE KEYS */;\n"
        + (f"INSERT INTO `patients` VALUES\n{held};\n" if held else "")
        + "UNLOCK TABLES;\nDELIMITER ;;\n"
        "/*!50003 CREATE TRIGGER t BEFORE INSERT ON p FOR EACH ROW BEGIN SET @a='x'; END */;;\n"
        "DELIMITER ;\n\n-- Dump completed on 2025-01-01  1:00:00\n"
    )


WRITERS = {"pg_copy": pg_copy, "pg_inserts": pg_inserts, "mysqldump": my_inserts}
