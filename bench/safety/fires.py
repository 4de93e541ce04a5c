"""Loads each case of OUT in a directory of its own, with a child process: python3 fires.py OUT. Removes those that do not fire, and says so."""
import os, shutil, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor


def fires(out, name):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(os.path.join(out, name), folder, dirs_exist_ok=True)
        with open(os.path.join(out, name + ".load.py")) as f: source = f.read()
        run = subprocess.run([sys.executable, "-c", source], cwd=folder, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        return os.path.lexists(os.path.join(folder, "fired")), run.stderr.strip().splitlines()[-1:]


out = sys.argv[1]
names = sorted(n[:-8] for n in os.listdir(out) if n.endswith(".load.py"))
fired = 0
with ThreadPoolExecutor(2) as pool:
    for name, (does, error) in zip(names, pool.map(lambda n: fires(out, n), names)):
        if does:
            fired += 1
            continue
        print("does not fire:", name, *error)
        shutil.rmtree(os.path.join(out, name))
        for end in (".mar", ".load.py"): os.remove(os.path.join(out, name + end))
print(f"{fired} of {len(names)} fire")
