#!/bin/sh
# Becomes PID 1 of one test host: start_host.sh NAME ROOT CGROUP INIT...   (called inside the host's network namespace)
#
# The host shares the machine's kernel, so everything that is not namespaced is taken away before its init runs:
# the clock, kernel modules, reboot, and every sysctl outside net/. What it inherits may be odd; its files are not.
set -eu
umask 022
name=$1 root=$2 cgroup=$3
shift 3

exec unshare --mount --uts --ipc --pid --fork --kill-child -- /bin/sh -euc '
name=$1 root=$2 cgroup=$3; shift 3
echo 0 >"$cgroup/cgroup.procs"
mount --make-rprivate /
hostname "$name"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
# With this one here systemd mounts no other hierarchy. In those it would stand at the root, in the same groups as every
# other host, and one host that removes the group of a unit makes the same unit of another fail to start.
unshare --cgroup mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755,size=1m tmpfs "$root/dev"
while read -r node major minor; do mknod -m 666 "$root/dev/$node" c "$major" "$minor"; done <<NODES
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
NODES
# Its init has no other place to say why it fails than this terminal.
touch "$root/dev/console"
mount --bind "$(tty <&2)" "$root/dev/console"
# WireGuard outside the kernel makes its interface with it.
mkdir "$root/dev/net"
[ ! -e /dev/net/tun ] || mknod -m 600 "$root/dev/net/tun" c 10 200
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=755,size=64m tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
cd "$root"
mkdir -p .old
pivot_root . .old
umount -l .old
rmdir .old
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=virgem \
    unshare --cgroup setpriv --bounding-set=-sys_time,-sys_module,-sys_boot,-sys_rawio,-mac_admin,-mac_override "$@"
' host "$name" "$root" "$cgroup" "$@"
