"""What outlives one login at a machine, and how a locked key is opened with it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from argosy.transports.ssh.secrets import Opens, Secret
from argosy.transports.ssh.wallet import Wallet

PASSPHRASE_TRIES = 3
"""A passphrase is tried here, not at the server: a person may mistype it."""

AskForIt = Callable[[str, str, Opens], Awaitable[str | None]]
"""Asks a person for a secret: title, words, and what it opens. None when the answer belongs to the next login."""


@dataclass
class Memory:
    """What outlives one login: the secrets that worked, and what was learnt of the accounts.

    ``plain`` are accounts whose interactive login asked for the password and for nothing else; only there may it be
    started without a person, as it can start no second factor. ``late`` are secrets that a person gave after the
    server had hung up; they have not been tried yet.
    """

    wallet: Wallet
    plain: set[str] = field(default_factory=set[str])
    late: dict[Opens, Secret] = field(default_factory=dict[Opens, Secret], repr=False)

    async def unlock(
        self, opens: Opens, fits: Callable[[str], bool], tell: Callable[[str], None], ask: AskForIt | None
    ) -> Secret | None:
        """The passphrase of a key file, which ``fits`` tries; None when it is not to be had."""
        known = self.late.pop(opens, None) or await self.wallet.get(opens)
        if known is not None:
            if await asyncio.to_thread(fits, known.reveal()):
                await self.wallet.keep(opens, known)
                return known
            await self.wallet.forget(opens)
        words = ""
        for _ in range(PASSPHRASE_TRIES if ask else 0):
            assert ask is not None, "without it there are no tries"
            text = await ask(f"The key {opens.what} is locked", words, opens)
            if text is None:
                return None
            if not text:
                tell(f"the key {opens.what} is passed over")
                return None
            if await asyncio.to_thread(fits, text):
                await self.wallet.keep(opens, Secret(text))
                return Secret(text)
            words = "That passphrase does not open it. Leave it empty to go on without this key."
            tell(f"the passphrase does not open the key {opens.what}")
        return None
