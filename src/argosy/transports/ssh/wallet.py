"""Where the secrets of a connection are found: in memory, and in the desktop's keyring for those who want it."""

import asyncio
import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from argosy.transports.ssh.secrets import Kind, Opens, Secret, Secrets

SERVICE = "argosy"
"""Under which name the keyring keeps our secrets."""


@dataclass
class Wallet:
    """The secrets that worked. ``keyring``: also kept where the desktop keeps secrets, and looked up there.

    ``tell`` hears when the keyring cannot be used; everything goes on in memory then.
    """

    keyring: bool
    tell: Callable[[str], None]
    _secrets: Secrets = field(default_factory=Secrets)
    _refused: set[Opens] = field(default_factory=set[Opens])

    async def get(self, opens: Opens) -> Secret | None:
        """The secret that opened it before, if it has not been refused since."""
        known = self._secrets.get(opens)
        if known is None and self.keyring and opens not in self._refused:
            text = await self._with_keyring("get_password", opens)
            if isinstance(text, str):
                known = Secret(text)
                self._secrets.keep(opens, known)
        return known

    async def keep(self, opens: Opens, secret: Secret) -> None:
        """It worked: remember it."""
        self._refused.discard(opens)
        self._secrets.keep(opens, secret)
        if self.keyring:
            await self._with_keyring("set_password", opens, secret.reveal())

    async def forget(self, opens: Opens) -> None:
        """It was refused: it is never tried again."""
        self._refused.add(opens)
        self._secrets.forget(opens)
        if self.keyring:
            await self._with_keyring("delete_password", opens)

    async def clear(self, accounts: tuple[str, ...], keys: tuple[str, ...]) -> None:
        """Forget all, also what the keyring keeps for these accounts and key files."""
        opened = {*self._secrets.opened(), *(Opens(Kind.PASSWORD, name) for name in accounts)}
        self._secrets.clear()
        if self.keyring:
            for opens in opened | {Opens(Kind.PASSPHRASE, name) for name in keys}:
                await self._with_keyring("delete_password", opens)

    async def _with_keyring(self, verb: str, opens: Opens, *more: str) -> object:
        """The keyring's answer; None when it has none or cannot be used. Its backends block, and raise anything."""
        try:
            ring: Any = await asyncio.to_thread(importlib.import_module, "keyring")
            return await asyncio.to_thread(getattr(ring, verb), SERVICE, f"{opens.kind} of {opens.what}", *more)
        except ImportError:
            self.tell("the keyring cannot be used: install argosy with the extra keyring; secrets stay in memory")
        except Exception as trouble:  # noqa: BLE001  what a backend raises is not under our control
            if type(trouble).__name__ != "PasswordDeleteError":  # there was nothing to delete
                self.tell(f"the keyring cannot be used ({type(trouble).__name__}); secrets stay in memory")
        return None
