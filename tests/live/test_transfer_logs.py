# SPDX-License-Identifier: Apache-2.0
"""vsftpd, ProFTPD and OpenSSH: the files that a client moved are those that Tocsin reads of their logs."""

from __future__ import annotations

import ftplib
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live.log_servers import (
    ZONE,
    free_port,
    is_recent,
    lines_of,
    open_folder,
    read_log,
    running,
    told,
    wait_for,
)

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, as these servers do")
MOVED = ("action", "file_name", "bytes", "outcome")
NAME = 'a "file" é.csv'


@needs_root
@pytest.mark.needs("vsftpd")
def test_vsftpd_logs_say_what_was_moved_when_a_client_moves_it() -> None:
    with open_folder() as folder:
        port = free_port()
        with running(["vsftpd", str(_vsftpd(folder, port))], port):
            with ftp(port, "anonymous", "someone@client.example") as client:
                move(client, "/up/in.csv")
                client.mkd("/up/d")
                client.rename("/up/in.csv", "/up/out.csv")
                client.delete("/up/out.csv")
            refused(port, "jean", "wrong")
            wait_for(lambda: any("FAIL LOGIN" in one for one in lines_of(folder / "own.log")), "no refusal")
        own, standard = read_log(folder / "own.log", "vsftpd"), read_log(folder / "xferlog", "xferlog")
    assert all(is_recent(event) for event in [*own, *standard])
    acts = [event for event in own if event["action"] != "other"]
    asked = NAME.replace("é", "??")
    assert told(acts, *MOVED, "account", "object") == [
        ("login", None, None, "success", None, None),
        ("download", f"/{asked}", 1130, "success", None, f"/{asked}"),
        ("upload", "/up/in.csv", 3, "success", None, "/up/in.csv"),
        ("create", None, None, "success", None, "/up/d"),
        ("update", None, None, "success", None, "/up/in.csv"),
        ("delete", None, None, "success", None, "/up/out.csv"),
        ("login_failed", None, None, "failure", "jean", None),
    ]
    assert told(standard, *MOVED, "account") == [
        ("download", f"/{asked.replace(' ', '_')}", 1130, "success", None),
        ("upload", "/up/in.csv", 3, "success", None),
    ]
    assert {event["address"] for event in [*own, *standard]} == {"127.0.0.1"}


@needs_root
@pytest.mark.needs("proftpd")
def test_proftpd_logs_say_what_was_moved_when_a_client_moves_it() -> None:
    with open_folder() as folder:
        port = free_port()
        system = folder / "system.log"
        with running(["proftpd", "-n", "-c", str(_proftpd(folder, port))], port, stderr=system):
            with ftp(port, "jean", "pw") as client:
                move(client, "sub/in.csv")
                client.nlst()
                client.mkd("sub/d")
                client.rename("sub/in.csv", "sub/out.csv")
                client.delete("sub/out.csv")
            refused(port, "jean", "wrong")
            refused(port, "nobody-here", "wrong")
            wait_for(lambda: any("no such user" in one for one in lines_of(system)), "no refusal")
        logins = read_log(system, "proftpd")
        transfers = read_log(folder / "xferlog", "xferlog")
        commands = read_log(folder / "commands.log", "proftpd-extended")
    assert all(is_recent(event) for event in [*logins, *transfers, *commands])
    assert told([e for e in logins if "login" in str(e["action"])], "action", "account", "address") == [
        ("login", "jean", "127.0.0.1"),
        ("login_failed", "jean", "127.0.0.1"),
        ("login_failed", "nobody-here", "127.0.0.1"),
    ]
    home = folder / "home"
    assert told(transfers, *MOVED, "account") == [
        ("download", f"{home}/{NAME.replace(' ', '_')}", 1130, "success", "jean"),
        ("upload", f"{home}/sub/in.csv", 3, "success", "jean"),
        ("delete", f"{home}/sub/out.csv", 3, "success", "jean"),
    ]
    acts = [event for event in commands if event["action"] not in ("other", "logout")]
    assert told(acts, "action", "object", "bytes", "outcome", "account") == [
        ("login", None, None, "success", "jean"),
        ("download", NAME.replace('"', ""), 1130, "success", "jean"),
        ("upload", "sub/in.csv", 3, "success", "jean"),
        ("list", None, None, "success", "jean"),
        ("create", "sub/d", None, "success", "jean"),
        ("update", "sub/out.csv", None, "success", "jean"),
        ("delete", "sub/out.csv", None, "success", "jean"),
        ("login_failed", None, None, "failure", None),
        ("login_failed", None, None, "failure", None),
    ]


@needs_root
@pytest.mark.needs("sshd", "sftp", "rsyslogd", "unshare")
@pytest.mark.parametrize("name", ["iso.log", "traditional.log"])
def test_sftp_log_says_who_moved_what_when_user_and_file_stand_in_other_lines(name: str) -> None:
    with open_folder() as folder:
        shown = folder / "files"
        with sftp_server(folder) as port:
            done = sftp(folder, port, "root", "key", batch(folder))
            assert done.returncode == 0, done.stderr
            sftp(folder, port, "root", "stranger", batch(folder))
            sftp(folder, port, "nosuch", "stranger", batch(folder))
            wait_for(
                lambda: any("invalid user nosuch" in one for one in lines_of(folder / name)), "no refusal"
            )
        events = read_log(folder / name, "openssh-sftp")
    assert all(is_recent(event) for event in events)
    files = [event for event in events if event["object"] is not None]
    assert {(event["account"], event["address"]) for event in files} == {("root", "127.0.0.1")}
    whole = [event for event in files if event["bytes"] is not None]
    assert told(whole, *MOVED) == [
        ("download", f"{shown}/{NAME}", 1130, "success"),
        ("upload", f"{shown}/put.csv", 3, "success"),
    ]
    rest = [event for event in files if event["file_name"] is None and event["action"] != "other"]
    assert told(rest, "action", "object", "outcome") == [
        ("list", f"{shown}/", "unknown"),
        ("create", f"{shown}/d", "unknown"),
        ("update", f"{shown}/put.csv", "unknown"),
        ("delete", f"{shown}/put2.csv", "unknown"),
        ("delete", f"{shown}/d", "unknown"),
    ]
    logins = [event for event in events if event["action"] == "login"]
    assert told(logins, "account", "outcome", "address") == [("root", "success", "127.0.0.1")]
    failed = [event for event in events if event["outcome"] == "failure" and event["account"] == "nosuch"]
    assert failed
    assert any("sent status" in str(event["detail"]) for event in events)


@contextmanager
def ftp(port: int, user: str, password: str) -> Iterator[ftplib.FTP]:
    """A client that has logged in."""
    with ftplib.FTP(encoding="utf-8") as client:  # noqa: S321
        client.connect("127.0.0.1", port, timeout=10)
        client.login(user, password)
        yield client


def move(client: ftplib.FTP, to: str) -> None:
    """Take one file, bring one, ask for one that is not there."""
    taken = io.BytesIO()
    client.retrbinary(f"RETR {NAME}", taken.write)
    assert len(taken.getvalue()) == 1130
    client.storbinary(f"STOR {to}", io.BytesIO(b"abc"))


def refused(port: int, user: str, password: str) -> None:
    with pytest.raises(ftplib.error_perm), ftp(port, user, password):
        """Not let in."""


def batch(folder: Path) -> Path:
    """What the sftp client does; what begins with a hyphen may fail."""
    shown = folder / "files"
    (folder / "bring").write_text("abc", "utf-8")
    quoted = str(shown / NAME).replace('"', '\\"')
    path = folder / "batch"
    path.write_text(
        f'ls {shown}/\nget "{quoted}" {folder}/taken\nput {folder}/bring {shown}/put.csv\n'
        f"-get {shown}/nothing {folder}/x\nmkdir {shown}/d\nrename {shown}/put.csv {shown}/put2.csv\n"
        f"rm {shown}/put2.csv\nrmdir {shown}/d\n",
        "utf-8",
    )
    return path


def sftp(folder: Path, port: int, user: str, key: str, commands: Path) -> subprocess.CompletedProcess[str]:
    options = [
        "-oStrictHostKeyChecking=no",
        "-oUserKnownHostsFile=/dev/null",
        "-oIdentitiesOnly=yes",
        "-oBatchMode=yes",
        f"-i{folder}/{key}",
        f"-P{port}",
        f"-b{commands}",
    ]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    command = ["sftp", "-q", *options, f"{user}@127.0.0.1"]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=30)


@contextmanager
def sftp_server(folder: Path) -> Iterator[int]:
    """sshd where /dev/log is rsyslogd's own socket: in a mount namespace, so that no other is touched."""
    for name in ("host", "key", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "key.pub", folder / "allowed")
    files = folder / "files"
    files.mkdir()
    (files / NAME).write_bytes(b"x" * 1130)
    devices = folder / "dev"
    devices.mkdir()
    port = free_port()
    Path("/run/sshd").mkdir(exist_ok=True)
    (folder / "sshd.conf").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile {folder}/pid\n"
        f"AuthorizedKeysFile {folder}/allowed\nStrictModes no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nUsePAM no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n"
        "ForceCommand internal-sftp -l INFO\nLogLevel INFO\n",
        "utf-8",
    )
    (folder / "rsyslog.conf").write_text(
        'module(load="imuxsock" SysSock.Use="off")\n'
        f'input(type="imuxsock" Socket="{devices}/log" CreatePath="on")\n'
        f'action(type="omfile" file="{folder}/iso.log" template="RSYSLOG_FileFormat")\n'
        f'action(type="omfile" file="{folder}/traditional.log" template="RSYSLOG_TraditionalFileFormat")\n',
        "utf-8",
    )
    (folder / "start.sh").write_text(
        f"set -e\nfor one in null zero urandom random tty full; do\n"
        f"touch {devices}/$one; mount --bind /dev/$one {devices}/$one\ndone\n"
        f"mount --rbind {devices} /dev\nexec $(command -v sshd) -D -f {folder}/sshd.conf\n",
        "utf-8",
    )
    environment = {**os.environ, "TZ": ZONE, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    logger = ["rsyslogd", "-n", "-f", f"{folder}/rsyslog.conf", "-i", f"{folder}/rsyslog.pid"]
    with subprocess.Popen(logger, env=environment, stderr=subprocess.DEVNULL) as collecting:
        try:
            wait_for((devices / "log").exists, "rsyslogd does not listen")
            with running(["unshare", "-m", "sh", f"{folder}/start.sh"], port):
                yield port
        finally:
            collecting.terminate()
            collecting.wait(10)


def _vsftpd(folder: Path, port: int) -> Path:
    root = folder / "root"
    (root / "up").mkdir(parents=True)
    (root / "up").chmod(0o777)
    (root / NAME).write_bytes(b"x" * 1130)
    (folder / "empty").mkdir()
    config = folder / "vsftpd.conf"
    config.write_text(
        f"""listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
anonymous_enable=YES
local_enable=YES
anon_root={root}
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
write_enable=YES
xferlog_enable=YES
dual_log_enable=YES
use_localtime=YES
vsftpd_log_file={folder}/own.log
xferlog_file={folder}/xferlog
seccomp_sandbox=NO
secure_chroot_dir={folder}/empty
""",
        "utf-8",
    )
    return config


def _proftpd(folder: Path, port: int) -> Path:
    home = folder / "home"
    (home / "sub").mkdir(parents=True)
    (home / NAME).write_bytes(b"x" * 1130)
    for path in (home, home / "sub", home / NAME):
        os.chown(path, 1500, 1500)
    hashed = subprocess.run(["openssl", "passwd", "-1", "pw"], capture_output=True, text=True, check=True)
    (folder / "passwd").write_text(f"jean:{hashed.stdout.strip()}:1500:1500::{home}:/bin/sh\n", "utf-8")
    (folder / "group").write_text("g:x:1500:\n", "utf-8")
    for name in ("passwd", "group"):
        (folder / name).chmod(0o600)
    config = folder / "proftpd.conf"
    config.write_text(
        f"""ServerName "Depot"
ServerType standalone
DefaultAddress 127.0.0.1
Port {port}
PidFile {folder}/pid
ScoreboardFile {folder}/score
DelayTable {folder}/delay
User nobody
Group nogroup
AuthUserFile {folder}/passwd
AuthGroupFile {folder}/group
AuthOrder mod_auth_file.c
RequireValidShell off
UseReverseDNS off
SystemLog {folder}/system.log
TransferLog {folder}/xferlog
LogFormat default "%h %l %u %t \\"%r\\" %s %b"
ExtendedLog {folder}/commands.log ALL
AllowOverwrite on
""",
        "utf-8",
    )
    return config
