# SPDX-License-Identifier: Apache-2.0
"""OpenLDAP seen live: what slapd logs of a day, read into a case with its connections joined."""

from __future__ import annotations

import subprocess

import pytest

from tests.live.identity_programs import Program, directory, wait_for
from tests.unit.ingest.scenes import Scene

pytestmark = pytest.mark.needs("slapd", "ldapsearch", "ldapadd")

ADMIN = "cn=admin,dc=example,dc=org"
PERSON = "uid=hélène,ou=people,dc=example,dc=org"
TREE = f"""dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: {PERSON}
objectClass: inetOrgPerson
cn: Hélène "x" Durand
sn: Durand
userPassword: pw
"""


def ask(server: Program, tool: str, *arguments: str, told: str | None = None) -> int:
    command = [tool, "-x", "-H", f"ldap://127.0.0.1:{server.port}", *arguments]
    return subprocess.run(command, input=told, text=True, capture_output=True, check=False).returncode


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    folder = tmp_path_factory.mktemp("openldap")
    with directory(folder) as server:
        a_day(server)
        wait_for(lambda: server.log.read_bytes().count(b" closed") >= 6, "the end of the connections")
    scene = Scene(folder / "case", '[[sources]]\nname = "directory"\npaths = ["../slapd.log"]\n')
    report = scene.ingest()
    assert report is not None
    assert not scene.rows("set_aside")
    return scene.rows("events")


def a_day(server: Program) -> None:
    assert ask(server, "ldapadd", "-D", ADMIN, "-w", "secret", told=TREE) == 0
    quoted = '(&(objectClass=person)(cn=*"x"*))'
    assert ask(server, "ldapsearch", "-D", PERSON, "-w", "pw", "-b", "dc=example,dc=org", quoted, "cn") == 0
    assert ask(server, "ldapsearch", "-D", PERSON, "-w", "wrong", "-b", "dc=example,dc=org") != 0
    assert ask(server, "ldapsearch", "-b", "dc=example,dc=org", "-s", "base") == 0
    change = f"dn: {PERSON}\nchangetype: modify\nreplace: sn\nsn: Dupont\n"
    assert ask(server, "ldapmodify", "-D", ADMIN, "-w", "secret", told=change) == 0
    assert ask(server, "ldapdelete", "-D", PERSON, "-w", "pw", PERSON) != 0


def acts(events: list[dict[str, object]], action: str) -> list[dict[str, object]]:
    return [event for event in events if event["action"] == action]


def test_search_has_its_account_address_outcome_and_count(events: list[dict[str, object]]) -> None:
    (search,) = [event for event in acts(events, "search") if event["account"] == PERSON]
    assert search["query"] == '(&(objectClass=person)(cn=*"x"*))'
    assert search["object"] == "dc=example,dc=org"
    assert (search["outcome"], search["items"], search["status"]) == ("success", 1, "0")
    assert search["address"] == "127.0.0.1"


def test_anonymous_search_is_nobodys(events: list[dict[str, object]]) -> None:
    (search,) = [event for event in acts(events, "search") if event["query"] == "(objectClass=*)"]
    assert (search["account"], search["outcome"], search["items"]) == (None, "success", 1)


def test_binds_are_sign_ins(events: list[dict[str, object]]) -> None:
    assert sorted(str(event["account"]) for event in acts(events, "login")) == [ADMIN, ADMIN, PERSON, PERSON]


def test_wrong_password_names_the_account_that_was_tried(events: list[dict[str, object]]) -> None:
    (failed,) = acts(events, "login_failed")
    assert (failed["account"], failed["outcome"], failed["status"]) == (PERSON, "failure", "49")


def test_changes_have_their_author_and_outcome(events: list[dict[str, object]]) -> None:
    (change,) = acts(events, "update")
    assert (change["account"], change["object"], change["outcome"]) == (ADMIN, PERSON, "success")
    (removal,) = acts(events, "delete")
    assert (removal["account"], removal["object"], removal["outcome"]) == (PERSON, PERSON, "failure")
    assert {event["outcome"] for event in acts(events, "create")} == {"success"}
    assert len(acts(events, "create")) == 3


def test_every_connection_has_its_address_whatever_the_order(events: list[dict[str, object]]) -> None:
    assert {event["address"] for event in events} == {"127.0.0.1"}
