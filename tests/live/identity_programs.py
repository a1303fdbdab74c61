# SPDX-License-Identifier: Apache-2.0
"""A directory, a sign-on portal and a mail server, each started alone on loopback and stopped by its pid."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WAIT = 20.0
PORTAL_SETTINGS = Path("/var/lib/lemonldap-ng/conf/lmConf-1.json")
PORTAL_MODULE = Path("/usr/share/perl5/Lemonldap/NG/Portal.pm")


@dataclass(frozen=True)
class Program:
    """One that runs, and where it writes what it does."""

    port: int
    log: Path
    folder: Path


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + WAIT
    while not is_so():
        assert time.monotonic() < until, f"{what} did not come"
        time.sleep(0.05)


def answers(port: int) -> bool:
    with socket.socket() as tried:
        tried.settimeout(0.2)
        return tried.connect_ex(("127.0.0.1", port)) == 0


def stop(started: subprocess.Popen[bytes]) -> None:
    started.terminate()
    try:
        started.wait(WAIT)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()


@contextmanager
def directory(folder: Path) -> Iterator[Program]:
    """slapd with an empty tree dc=example,dc=org, its statistics on standard error."""
    port, log, base = free_port(), folder / "slapd.log", folder / "db"
    base.mkdir()
    schemas = "".join(
        f"include /etc/ldap/schema/{name}.schema\n" for name in ("core", "cosine", "inetorgperson")
    )
    (folder / "slapd.conf").write_text(
        f"{schemas}pidfile {folder}/pid\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\nloglevel stats\n"
        f'database mdb\nsuffix "dc=example,dc=org"\nrootdn "cn=admin,dc=example,dc=org"\n'
        f"rootpw secret\ndirectory {base}\n",
        "utf-8",
    )
    command = ["slapd", "-f", str(folder / "slapd.conf"), "-h", f"ldap://127.0.0.1:{port}/", "-d", "stats"]
    with log.open("wb") as out:
        started = subprocess.Popen(command, stderr=out, stdout=out)
    try:
        wait_for(lambda: answers(port), "slapd")
        yield Program(port, log, folder)
    finally:
        stop(started)


@contextmanager
def portal(folder: Path) -> Iterator[Program]:
    """LemonLDAP::NG's portal with its demonstration accounts (dwho, rtyler…), as a PSGI application.

    What it loads only to draw or to send mail is not installed: a stub stands in for the captcha's drawing.
    """
    port, log = free_port(), folder / "portal.log"
    _write_portal(folder, port)
    environment = {
        **os.environ,
        "LLNG_DEFAULTCONFFILE": str(folder / "lemonldap-ng.ini"),
        "PERL5LIB": str(folder / "lib"),
    }
    command = [
        "plackup",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--access-log",
        str(folder / "access.log"),
    ]
    with log.open("wb") as out:
        started = subprocess.Popen(
            [*command, "-a", str(folder / "portal.psgi")], env=environment, stdout=out, stderr=out
        )
    try:
        wait_for(lambda: answers(port), "the portal")
        yield Program(port, log, folder)
    finally:
        stop(started)


def _write_portal(folder: Path, port: int) -> None:
    for name in ("conf", "sessions/lock", "psessions/lock", "cache", "lib/GD"):
        (folder / name).mkdir(parents=True)
    (folder / "lib/GD/SecurityImage.pm").write_text("package GD::SecurityImage;\nsub import {}\n1;\n")
    (folder / "portal.psgi").write_text("require Lemonldap::NG::Portal;\nLemonldap::NG::Portal->run({});\n")
    (folder / "conf/lmConf-1.json").write_text(json.dumps(_portal_settings(folder, port)))
    cache = (
        "{ 'namespace' => 'c', 'default_expires_in' => 600, 'directory_umask' => '007', "
        f"'cache_root' => '{folder}/cache', 'cache_depth' => 3 }}"
    )
    logger = "Lemonldap::NG::Common::Logger::Std"
    (folder / "lemonldap-ng.ini").write_text(
        f"[all]\nlogLevel = notice\nuserLogLevel = notice\nlogger = {logger}\nuserLogger = {logger}\n"
        f"[configuration]\ntype = File\ndirName = {folder}/conf\nlocalStorage = Cache::FileCache\n"
        f"localStorageOptions = {cache}\n"
        "[portal]\nstaticPrefix = /static\ntemplateDir = /usr/share/lemonldap-ng/portal/templates\n"
        "languages = en, fr\nrequireToken = 0\n"
    )


def _portal_settings(folder: Path, port: int) -> dict[str, object]:
    settings: dict[str, object] = json.loads(PORTAL_SETTINGS.read_text("utf-8"))
    for storage, name in (("globalStorageOptions", "sessions"), ("persistentStorageOptions", "psessions")):
        settings[storage] = {"Directory": f"{folder}/{name}", "LockDirectory": f"{folder}/{name}/lock"}
    settings["localSessionStorageOptions"] = {"cache_root": f"{folder}/cache", "namespace": "s"}
    return {
        **settings,
        "portal": f"http://127.0.0.1:{port}/",
        "requireToken": "0",
        "registerDB": "Null",
        "portalDisplayResetPassword": 0,
    }


@contextmanager
def mail_server(folder: Path, more: str = "") -> Iterator[Program]:
    """Postfix alone, with what it is handed thrown away at the end (discard), its log in a file.

    `more` are further settings, which win.
    """
    port, log = free_port(), folder / "mail.log"
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "etc/main.cf").write_text(_MAIL.format(folder=folder) + more)
    (folder / "etc/master.cf").write_text(_MASTER.format(port=port))
    command = ["postfix", "-c", str(folder / "etc")]
    subprocess.run([*command, "start"], check=True, capture_output=True)
    try:
        wait_for(lambda: answers(port), "postfix")
        yield Program(port, log, folder)
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True)


_MAIL = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination = example.org
mynetworks = 127.0.0.0/8
default_transport = discard
local_transport = discard
local_recipient_maps =
alias_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
    check_recipient_access inline:{{ {{refused@elsewhere.example=reject}} }}, permit_mynetworks, reject
"""
_MASTER = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
discard unix - - n - - discard
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
