"""The Python worker of mar: speaks the worker protocol on descriptor 4 until its parent closes it or dies.

Descriptor 3 only tells that the parent lives.
Needs Python 3.8 and nothing else. Standard output and error belong to the handler.
"""
import sys

if sys.version_info < (3, 8):
    sys.stderr.write("mar needs Python 3.8 or later, this is %s\n" % sys.version.split()[0])
    sys.exit(78)

from mar_worker.actions import tell_actions  # noqa: E402
from mar_worker.session import main  # noqa: E402

# Handlers bring their own modules: nothing of ours may stand in their way.
sys.path.pop(0)
tell_actions()
main()
