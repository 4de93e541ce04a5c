"""What other scanners say of the cases in a folder, as they are unpacked: python3 peers.py FOLDER writes {case: {scanner: code}} as JSON.

A scanner says that something is wrong by its exit code 1. Each takes seconds to start, so that they are loaded once here, and what their
programs call is called in a child process of this one for each case; modelaudit is asked in this process.
"""
import json, os, signal, sys, tempfile, time
from importlib.metadata import entry_points

os.environ["PROMPTFOO_DISABLE_TELEMETRY"] = os.environ["NO_ANALYTICS"] = "1"
PICKLES = (".pkl", ".p", ".pt", ".pth", ".bin", ".sav", ".dat", ".joblib", ".dill", ".ckpt", ".model", ".npy", ".h5", ".safetensors", ".onnx", ".json", ".txt", "weights")
PROGRAMS = {name: next(iter(entry_points(group="console_scripts", name=name))).load() for name in ("picklescan", "modelscan", "fickling")}
LONGEST = 120
SCRATCH = tempfile.TemporaryDirectory()


def answer(name, args):
    """Never returns: a program's end is this process's end."""
    code = 3
    try:
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2): os.dup2(quiet, stream)
        sys.argv = [name, *args]
        code = PROGRAMS[name]()
    except SystemExit as end:
        code = end.code
    except BaseException:
        code = 1
    finally:
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def run(name, *args):
    child = os.fork()
    if child == 0: answer(name, args)
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done: return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 124


def programs(folder):
    files = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(PICKLES)]
    found = {name: run(name, "-p", folder) for name in ("picklescan", "modelscan")}
    # fickling takes one file; it is given each that may be a pickle.
    found["fickling"] = max((run("fickling", "--check-safety", file) for file in files if "MAR-INF" not in file), default=0)
    return found


def main():
    out = os.path.abspath(sys.argv[1])
    # fickling leaves a report where it is called.
    os.chdir(SCRATCH.name)
    cases = sorted(name for name in os.listdir(out) if os.path.isdir(os.path.join(out, name)))
    result = {name: programs(os.path.join(out, name)) for name in cases}
    # Loaded last: a process with threads is not to be copied.
    from modelaudit.core import determine_exit_code, scan_model_directory_or_file
    for name in cases:
        try:
            result[name]["modelaudit"] = determine_exit_code(scan_model_directory_or_file(os.path.join(out, name), timeout=120))
        except Exception as error:
            result[name]["modelaudit"] = f"{type(error).__name__}"
        print(name, result[name], file=sys.stderr)
    print(json.dumps(result))


main()
