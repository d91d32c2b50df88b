"""Everything that the door may call, in one frozen bundle."""

from dataclasses import dataclass

from argosy.contracts import Store
from argosy.service.adoptions import Adoptions
from argosy.service.archives import Archives
from argosy.service.bulks import Bulks
from argosy.service.chains import Chains
from argosy.service.cleanings import Cleanings
from argosy.service.comparisons import Comparisons
from argosy.service.connections import Connections
from argosy.service.contents import Contents
from argosy.service.diagnoses import Diagnoses
from argosy.service.edits import Edits
from argosy.service.engines import Engines
from argosy.service.families import Families
from argosy.service.feed import Feed
from argosy.service.files import JobFiles
from argosy.service.forgetting import Forgetting
from argosy.service.from_jobs import FromJobs
from argosy.service.jobs import Jobs
from argosy.service.ledger import Ledger
from argosy.service.presets import Presets
from argosy.service.prospects import Prospects
from argosy.service.reconcile import Reconciler
from argosy.service.removals import Removals
from argosy.service.restarts import Restarts
from argosy.service.science import Science
from argosy.service.steering import Steerings
from argosy.service.surveys import Surveys
from argosy.service.sweeps import Sweeps
from argosy.service.sync import Syncs
from argosy.service.targets import Targets
from argosy.service.templates import Templates
from argosy.service.trials import Trying


@dataclass(frozen=True)
class Services:
    """One module for each noun."""

    jobs: Jobs
    files: JobFiles
    archives: Archives
    removals: Removals
    cleanings: Cleanings
    forgetting: Forgetting
    restarts: Restarts
    chains: Chains
    families: Families
    diagnoses: Diagnoses
    edits: Edits
    science: Science
    steerings: Steerings
    ledger: Ledger
    comparisons: Comparisons
    sweeps: Sweeps
    syncs: Syncs
    surveys: Surveys
    adoptions: Adoptions
    prospects: Prospects
    contents: Contents
    connections: Connections
    targets: Targets
    templates: Templates
    trying: Trying
    from_jobs: FromJobs
    presets: Presets
    engines: Engines
    feed: Feed
    store: Store
    reconciler: Reconciler

    @property
    def bulks(self) -> Bulks:
        """One thing done to many jobs, which the others do to one."""
        return Bulks(self.store, self.jobs.acts, self.steerings, self.removals, self.reconciler)
