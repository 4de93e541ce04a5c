/**
 * Arguments: an empty directory for the new root, the directory of the run (writable; has `.old` in it), the limit of data memory in KiB
 * (0: none), then `hide:DIR` and `keep:DIR` from the outside in, `mask:FILE`, `--`, the command. Runs as the first process of new user, mount, PID, network and
 * IPC namespaces. Everything of the machine is read-only; hidden directories are empty but for what is kept, masked files and sockets cannot be opened; /dev has no disks and no GPUs.
 * Whoever left the capabilities of the new user namespace could undo that, so none are left, and no further user namespace can be made, in which there were some again.
 */
export const CONTAIN = `set -eu
new=$1 run=$2 data=$3 here=$(pwd -P)
shift 3
echo 0 > /proc/sys/user/max_user_namespaces
mount --make-rprivate /
mount --rbind / "$new"
mount -t tmpfs -o mode=755,nosuid tmpfs "$new/dev"
for name in null zero full random urandom; do
  : > "$new/dev/$name"
  mount --bind "/dev/$name" "$new/dev/$name"
done
ln -s /proc/self/fd "$new/dev/fd"
ln -s /proc/self/fd/0 "$new/dev/stdin"
ln -s /proc/self/fd/1 "$new/dev/stdout"
ln -s /proc/self/fd/2 "$new/dev/stderr"
mkdir "$new/dev/shm"
mount -t tmpfs -o mode=1777,nosuid,nodev,size=256m tmpfs "$new/dev/shm"
while [ "$1" != -- ]; do
  place=\${1#*:}
  case $1 in
  hide:*) [ ! -d "$place" ] || { mkdir -p "$new$place"; mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$new$place"; } ;;
  keep:*) [ ! -d "$place" ] || { mkdir -p "$new$place"; mount --rbind "$place" "$new$place"; } ;;
  mask:*) [ ! -f "$new$place" ] && [ ! -S "$new$place" ] || mount --bind /dev/null "$new$place" ;;
  esac
  shift
done
shift
mkdir -p "$new$run"
mount --rbind "$run" "$new$run"
while read -r _ _ _ _ target options _; do
  target=$(printf %b "$target")
  case $target in
  "$new$run" | "$new/dev/"*) continue ;;
  "$new" | "$new/"*) [ ! -e "$target" ] || mount -o "remount,bind,$options,ro,nosuid,nodev" "$target" ;;
  esac
done < /proc/self/mountinfo
# Debian has it where only root looks.
PATH="$PATH:/usr/sbin:/sbin" pivot_root "$new" "$new$run/.old"
cd /
umount -l "$run/.old"
cd "$here"
[ "$data" = 0 ] || ulimit -d "$data"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
`;
