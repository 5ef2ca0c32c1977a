#!/bin/sh
# Installs Debian packages and leaves no system service running or enabled that was not so before.
#   sudo sh infra/setup/install-packages.sh PACKAGE...
# Needs root. A policy-rc.d that is already there is respected; ours refuses service starts and goes away at the end.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
policy=/usr/sbin/policy-rc.d
mark='# slipway set-up: no service starts while its packages are installed'
child=
# The servers we bring, with what they depend on; other services that come along (systemd's own) are not ours to judge.
ours='^(rc:)?(nginx|php|mariadb|mysql|redis|rsync)'

enabled_services() {
  for link in /etc/systemd/system/*.wants/* /etc/rc[2-5].d/S*; do
    if [ -e "$link" ] || [ -L "$link" ]; then echo "$link"; fi
  done | sed -e 's|^.*/rc[2-5]\.d/S[0-9]*|rc:|' -e 's|^.*/||' | sort -u
}

disable() {
  case $1 in
    rc:*) if command -v update-rc.d >/dev/null; then update-rc.d "${1#rc:}" disable; fi ;;
    *) if command -v systemctl >/dev/null; then systemctl disable "$1"; else deb-systemd-helper disable "$1"; fi ;;
  esac
}

cleanup() {
  if [ -f "$policy" ] && grep -qF "$mark" "$policy"; then rm -f "$policy"; fi
  rm -rf "$work"
}

# A command that an interrupt ends at once: the shell would otherwise wait for it before it runs a trap.
run() {
  "$@" &
  child=$!
  wait "$child"
  child=
}

interrupted() {
  if [ -n "$child" ]; then kill -TERM "$child" 2>/dev/null || true; wait "$child" 2>/dev/null || true; fi
  exit 130
}

work=$(mktemp -d)
trap cleanup EXIT
trap interrupted INT TERM HUP

if [ -e "$policy" ] && ! grep -qF "$mark" "$policy"; then
  echo "$policy is there already and stays as it is"
else
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
fi

enabled_services >"$work/before"
# Heals what an interrupted installation left.
run dpkg --configure -a
tries=0
until run apt-get update -q; do
  tries=$((tries + 1))
  if [ "$tries" -ge 3 ]; then exit 100; fi
  sleep 3
done
run apt-get install -q -y --no-install-recommends --no-remove -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@"

enabled_services >"$work/after"
comm -13 "$work/before" "$work/after" | { grep -E "$ours" || true; } | while read -r service; do
  echo "not enabled at boot: ${service#rc:}"
  disable "$service" >/dev/null 2>&1 || true
done
