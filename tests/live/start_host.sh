#!/bin/sh
# Becomes PID 1 of one test host: start_host.sh NAME ROOT CGROUP INIT...   (called inside the host's network namespace)
#
# The host shares the machine's kernel, so everything that is not namespaced is taken away before its init runs:
# the clock, kernel modules, reboot, and every sysctl outside net/.
set -eu
name=$1 root=$2 cgroup=$3
shift 3
echo $$ >"$cgroup/cgroup.procs"

exec unshare --mount --uts --ipc --pid --cgroup --fork --kill-child -- /bin/sh -euc '
name=$1 root=$2; shift 2
mount --make-rprivate /
hostname "$name"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
    mount -t tmpfs -o mode=755,size=1m tmpfs "$root/sys/fs/cgroup"
    mkdir "$root/sys/fs/cgroup/systemd"
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
fi
mount -t tmpfs -o mode=755,size=1m tmpfs "$root/dev"
while read -r node major minor; do mknod -m 666 "$root/dev/$node" c "$major" "$minor"; done <<NODES
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
NODES
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
    setpriv --bounding-set=-sys_time,-sys_module,-sys_boot,-sys_rawio,-mac_admin,-mac_override "$@"
' host "$name" "$root" "$@"
