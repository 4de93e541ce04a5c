"""Programs of the archive: the servers unpack it without the permission to run them."""
import os
import shutil
import stat
import tempfile

#: The directory of this process's copy.
_copy = None


def runnable(path):
    """The program, runnable: where it lies, or as a copy where its directory is read-only or somebody else's."""
    global _copy
    if os.access(path, os.X_OK):
        return path
    try:
        os.chmod(path, stat.S_IMODE(os.stat(path).st_mode) | 0o111)
    except OSError:
        pass
    if os.access(path, os.X_OK):
        return path
    try:
        _copy = tempfile.mkdtemp(prefix="mar-node-")
        # Two directories deep, as Node lies: modules are looked for beside it, and only this user's are meant.
        copy = os.path.join(_copy, "bin", os.path.basename(path))
        os.mkdir(os.path.dirname(copy))
        shutil.copyfile(path, copy)
        os.chmod(copy, 0o700)
        return copy
    except OSError:
        # What is tried next tells why the original cannot be run.
        discard()
        return path


def discard():
    """Removes the copy. A process that runs it goes on: it is gone with that process."""
    global _copy
    if _copy is not None:
        shutil.rmtree(_copy, ignore_errors=True)
        _copy = None
