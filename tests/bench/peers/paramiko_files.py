"""Has all files of a directory travel by paramiko's SFTPClient; says as JSON how long it took, login included.

usage: paramiko_files.py PORT USER KEY put|get FROM TO    in the environment of a program that brings paramiko

The machine is 127.0.0.1, and its host key is not checked, which is in paramiko's favour.
"""

import json
import sys
import time
from pathlib import Path

import paramiko


def main() -> None:
    port, user, key, way, start, goal = sys.argv[1:]
    began = time.perf_counter()
    with paramiko.SSHClient() as client:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect("127.0.0.1", int(port), user, key_filename=key, allow_agent=False, look_for_keys=False)
        with client.open_sftp() as sftp:
            names = [path.name for path in Path(start).iterdir()] if way == "put" else sftp.listdir(start)
            for name in names:
                (sftp.put if way == "put" else sftp.get)(f"{start}/{name}", f"{goal}/{name}")
    json.dump({"took_s": time.perf_counter() - began}, sys.stdout)


if __name__ == "__main__":
    main()
