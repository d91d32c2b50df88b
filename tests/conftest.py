pytest_plugins = ["tests.infra.postgres"]
