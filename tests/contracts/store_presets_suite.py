"""What every store must hold of presets, and of the templates that jobs were made from."""

import pytest

from argosy.contracts import Store
from argosy.core.errors import NotFound
from argosy.core.preset import Preset
from argosy.core.template import Template
from tests.store.making import NOW, entry, new

ONE = Preset(
    name="lab/warm", template="namd/heat", values={"steps": 5, "edge": [1.5, 2.0]}, labels={"a": "ü"}, rating=4
)
OTHER = Preset(name="cold", template="namd/heat@1.0.0", parent="lab/warm", changed=NOW)


class PresetsSuite:
    async def test_presets_come_back_as_they_went_in_by_name(self, store: Store) -> None:
        await store.put_presets([ONE, OTHER])
        assert await store.presets() == (OTHER, ONE)

    async def test_a_preset_of_the_same_name_is_replaced(self, store: Store) -> None:
        await store.put_presets([ONE, OTHER])
        changed = ONE.model_copy(update={"rating": None})
        await store.put_presets([changed])
        assert await store.presets() == (OTHER, changed)

    async def test_a_dropped_preset_is_gone_and_one_that_is_not_there_is_named(self, store: Store) -> None:
        await store.put_presets([ONE, OTHER])
        await store.drop_preset(ONE.name)
        assert await store.presets() == (OTHER,)
        with pytest.raises(NotFound, match="lab/warm"):
            await store.drop_preset(ONE.name)

    async def test_the_template_of_a_job_is_remembered_by_its_digest(self, store: Store) -> None:
        template = Template(name="t", argv=("true",), title="as it was then")
        one, first = new()
        await store.accept([(one, first)], [entry(one)], [template])
        assert await store.template(template.digest) == template
        assert await store.template("0" * 64) is None
