"""What other scanners say of the cases in a folder, as they are unpacked: python3 peers.py FOLDER writes {case: {scanner: code}} as JSON.

A scanner says that something is wrong by its exit code 1; modelaudit is asked in this process, since it takes seconds to start.
"""
import json, os, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

os.environ["PROMPTFOO_DISABLE_TELEMETRY"] = os.environ["NO_ANALYTICS"] = "1"
BIN = os.path.dirname(sys.executable)
PICKLES = (".pkl", ".p", ".pt", ".pth", ".bin", ".sav", ".dat", ".joblib", ".dill", ".ckpt", ".model", ".npy", ".h5", ".safetensors", ".onnx", ".json", ".txt", "weights")


def run(*command):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=120).returncode
    except subprocess.TimeoutExpired:
        return 124


def cli(folder):
    files = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(PICKLES)]
    found = {name: run(os.path.join(BIN, name), "-p", folder) for name in ("picklescan", "modelscan")}
    # fickling takes one file; it is given each that may be a pickle.
    found["fickling"] = max((run(os.path.join(BIN, "fickling"), "--check-safety", file) for file in files if "MAR-INF" not in file), default=0)
    return found


def main():
    out = sys.argv[1]
    cases = sorted(name for name in os.listdir(out) if os.path.isdir(os.path.join(out, name)))
    with ThreadPoolExecutor(2) as pool:
        result = dict(zip(cases, pool.map(cli, [os.path.join(out, name) for name in cases])))
    from modelaudit.core import determine_exit_code, scan_model_directory_or_file
    for name in cases:
        try:
            result[name]["modelaudit"] = determine_exit_code(scan_model_directory_or_file(os.path.join(out, name), timeout=120))
        except Exception as error:
            result[name]["modelaudit"] = f"{type(error).__name__}"
        print(name, result[name], file=sys.stderr)
    print(json.dumps(result))


main()
