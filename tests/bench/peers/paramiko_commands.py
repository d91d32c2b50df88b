"""Runs N small commands on one connection of paramiko, each on a channel of its own; says as JSON how long it took.

usage: paramiko_commands.py PORT USER KEY N    in an environment that has paramiko
"""

import json
import sys
import time

import paramiko


def main() -> None:
    port, user, key, commands = sys.argv[1:]
    with paramiko.SSHClient() as client:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect("127.0.0.1", int(port), user, key_filename=key, allow_agent=False, look_for_keys=False)
        said(client, 0)  # warm
        began = time.perf_counter()
        for number in range(int(commands)):
            assert said(client, number) == f"{number}\n"
        took_s = time.perf_counter() - began
    json.dump({"took_s": took_s}, sys.stdout)


def said(client: paramiko.SSHClient, number: int) -> str:
    _, out, _ = client.exec_command(f"echo {number}")
    return out.read().decode()


if __name__ == "__main__":
    main()
