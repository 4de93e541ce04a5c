"""The parts of the Python worker; see session.py for the way through them."""
