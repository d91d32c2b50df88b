from tests.client.served import home, road

__all__ = ["home", "road"]
