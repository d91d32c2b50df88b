"""All readers that are fuzzed, by name."""

from collections.abc import Mapping

from tests.fuzz import of_definitions, of_places, of_science
from tests.fuzz.reader import Reader

READERS: Mapping[str, Reader] = {
    one.name: one for one in (*of_science.READERS, *of_definitions.READERS, *of_places.READERS)
}
