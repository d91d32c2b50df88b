"""Scientific compute jobs, described once, run anywhere."""

from typing import TYPE_CHECKING, Any

from argosy.core.version import VERSION

if TYPE_CHECKING:
    from argosy.client.client import Client as Client
    from argosy.client.job import Job as Job

__all__ = ["Client", "Job", "__version__"]
__version__ = VERSION


def __getattr__(name: str) -> Any:
    """The client, loaded when it is first asked for: commands read the version alone and start quickly."""
    if name == "Client":
        from argosy.client.client import Client

        return Client
    if name == "Job":
        from argosy.client.job import Job

        return Job
    raise AttributeError(f"module 'argosy' has no attribute {name!r}")
