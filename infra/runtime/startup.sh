#!/usr/bin/env bash
# Runs an application in App Service's PHP container, or on any machine with nginx and php-fpm: unpacks the package's archive to
# this container's own disk, then nginx, php-fpm and, in production, the application's workers under supervision. The site's
# startup command is:
# bash /home/site/wwwroot/slipway/startup.sh
#
# RUN_DIR         /tmp/slipway    the application, sockets, pids, rendered configuration; belongs to this container alone
# APP_DIR                         a directory to run as it is, instead of the package's archive
# SLIPWAY_APP_JSON                what describes the application; the package's own slipway/app.json without it
# NGINX_LISTEN    $PORT or 8080   what nginx listens on: a port, address:port or unix:/path
# NGINX_PID_FILE  /run/nginx.pid  the platform's own nginx has its pid here, and then ours
# PHP_FPM PHP NGINX_BIN           the programs: php-fpm php nginx
# FPM_MAX_CHILDREN  8             php workers for visitors
# APP_USER        www-data        the user that nginx and php run as when this script runs as root
# TRUSTED_PROXIES                 comma separated addresses whose CLIENT_ADDRESS_HEADER and X-Forwarded-Proto are trusted
# CLIENT_ADDRESS_HEADER           X-Forwarded-For, or X-Azure-SocketIP behind Front Door: the header with the client's address
# SLIPWAY_HOME    /home/slipway   on the share of the slot: which version is live, what its workers do, jobs of migrations
# START_SECONDS   120             the limit of each command that the application runs at start
set -u

SLIPWAY=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
ARCHIVE=${SLIPWAY%/*}/application.tar.gz
export SLIPWAY_APP_JSON=${SLIPWAY_APP_JSON:-$SLIPWAY/app.json}
export RUN_DIR=${RUN_DIR:-/tmp/slipway}
NGINX_LISTEN=${NGINX_LISTEN:-${PORT:-8080}}
NGINX_PID_FILE=${NGINX_PID_FILE:-/run/nginx.pid}
PHP_FPM=${PHP_FPM:-php-fpm}
PHP=${PHP:-php}
NGINX_BIN=${NGINX_BIN:-nginx}
APP_USER=${APP_USER:-www-data}
export FPM_MAX_CHILDREN=${FPM_MAX_CHILDREN:-8}
export MEDIA_ROOT=${MEDIA_ROOT:-/home/media}
export MEDIA_MOUNT=${MEDIA_MOUNT:-}
export MEDIA_SHARE=${MEDIA_SHARE:-}
# A migration ends with this script, which is the container.
export SLIPWAY_PID=$$
# On the share that the slot's instances have in common and that moves with the slot.
export SLIPWAY_HOME=${SLIPWAY_HOME:-${MEDIA_ROOT%/*}/slipway}
export CLIENT_ADDRESS_HEADER=${CLIENT_ADDRESS_HEADER:-X-Forwarded-For}
START_SECONDS=${START_SECONDS:-120}

FPM_PID_FILE=$RUN_DIR/php-fpm.pid
SUPERVISOR_PID_FILE=$RUN_DIR/supervisor.pid
SIDECAR_SECONDS=${SIDECAR_SECONDS:-10}
READY_SECONDS=20           # for php-fpm to open its sockets
GRACE_SECONDS=${WEBSITES_CONTAINER_STOP_TIME_LIMIT:-30}
RESTART_DELAYS=(0 0.2 0.5 1 2)
RETIRE_SECONDS=5

say() { # level message
  local text=${2//\\/\\\\}
  text=${text//\"/\\\"}
  printf '{"level":"%s","channel":"startup","message":"%s","datetime":"%s"}\n' "$1" "${text//[[:cntrl:]]/ }" "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" >&2
}

fail() { # message
  say ERROR "$1"
  flush_log
  exit 1
}

# Whoever writes the log ends after this script; the container may be gone by then, and the reason with it.
flush_log() {
  exec 2>/dev/null
  local tries=100
  while is_alive "${LOG_WRITER:-0}" && [ $((tries--)) -gt 0 ]; do sleep 0.02; done
}

# Turns plain lines of nginx and php-fpm into JSON lines; lines that are JSON already pass unchanged.
as_json_lines() {
  LC_ALL=C exec stdbuf -oL sed -E \
    -e '/^\{.*\}$/b' \
    -e 's/[\\"]/\\&/g; s/[^ -~]/ /g' \
    -e 's/^(.*)$/{"level":"NOTICE","channel":"server","message":"\1"}/' \
    -e 's/^\{"level":"NOTICE"(.*(\[(error|crit|alert|emerg)\]|ERROR:|ALERT:|PHP (Fatal|Parse)).*)$/{"level":"ERROR"\1/' \
    -e 's/^\{"level":"NOTICE"(.*(\[warn\]|WARNING:|PHP (Warning|Deprecated|Notice)).*)$/{"level":"WARNING"\1/' >&2
}

is_root() { [ "$(id -u)" = 0 ]; }

# A zombie counts as ended, although its parent has not collected it.
is_alive() { # pid
  kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

# Prints the pid that a file names if that process is alive.
live_pid() { # pid-file
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ ]] && is_alive "$pid" && echo "$pid"
}

wait_gone() { # pid seconds
  local deadline=$((SECONDS + $2))
  while is_alive "$1"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.02
  done
}

# Stops the image's own nginx, or a leftover of an earlier run, which holds the listen address.
stop_predecessor() { # pid-file name signal
  local pid
  pid=$(live_pid "$1") || return 0
  grep -qa "$2" "/proc/$pid/cmdline" 2>/dev/null || return 0
  say NOTICE "Stopping the $2 that is already running (pid $pid)"
  kill -"${3:-QUIT}" "$pid" 2>/dev/null
  wait_gone "$pid" 10 || kill -KILL "$pid" 2>/dev/null
}

make_directories() {
  mkdir -p "$RUN_DIR"/{tmp,sessions,nginx,php,start,workers} "$MEDIA_ROOT"/{outbox,synced,journal} "$SLIPWAY_HOME"/jobs || fail "Cannot make the directories below RUN_DIR, MEDIA_ROOT or SLIPWAY_HOME"
  # 107 bytes are all the kernel takes for the path of a socket.
  [ ${#RUN_DIR} -le 95 ] || fail "RUN_DIR is longer than 95 bytes: its sockets could not be opened"
  if is_root; then
    chmod 755 "$RUN_DIR"
    chown "$APP_USER": "$RUN_DIR"/{tmp,sessions,nginx,workers}
    # Fails on a share with fixed ownership, which lets every user write.
    chown "$APP_USER": "$MEDIA_ROOT" "$MEDIA_ROOT"/{outbox,synced,journal} "$SLIPWAY_HOME"{,/jobs} 2>/dev/null || true
  fi
  rm -f "$RUN_DIR"/*.sock "$RUN_DIR"/tmp/hangs-*
}

# What is live says the release after a swap. What starts as staging is not, whatever its share says from before.
withdraw_in_staging() {
  [ "${SLOT_NAME:-production}" = production ] || rm -f "$SLIPWAY_HOME/live"
}

# As the application's user. When that is root, without root's right to pass over permissions: what is read-only is so for PHP too.
as_app_user() { # command...
  if ! is_root; then "$@"
  elif [ "$APP_USER" != root ]; then setpriv --reuid "$APP_USER" --regid "$(id -gn "$APP_USER")" --clear-groups "$@"
  else obeying_permissions "$@"
  fi
}

obeying_permissions() { # command...
  if setpriv --bounding-set -dac_override true 2>/dev/null; then setpriv --bounding-set -dac_override "$@"; else "$@"; fi
}

# The package's archive, to this container's own disk: /home is a network share, slow and without case. A damaged one does not start.
unpack() {
  [ -z "${APP_DIR:-}" ] || return 0
  export APP_DIR=$RUN_DIR/app
  [ ! -e "$APP_DIR" ] || { chmod -R u+w "$APP_DIR"; rm -rf "$APP_DIR"; }
  mkdir -p "$APP_DIR"
  umask 022
  (cd "${ARCHIVE%/*}" && sha256sum --check --status "$SLIPWAY/application.sha256") 2>/dev/null ||
    fail "The archive $ARCHIVE is not the one that was packed: publish the package again"
  tar --extract --gzip --file "$ARCHIVE" --directory "$APP_DIR" --no-same-owner --delay-directory-restore ||
    fail "The archive $ARCHIVE cannot be unpacked to $APP_DIR: is the disk full?"
}

# Everything is read-only to PHP but what the application declared.
set_permissions() {
  [ "$APP_DIR" = "$RUN_DIR/app" ] || return 0
  local writable=() path
  # They were unpacked read-only, which binds an owner that is not root.
  is_root || find "$APP_DIR" -type d -exec chmod u+w {} +
  while IFS= read -r -d '' path; do
    mkdir -p "$APP_DIR/$path" || fail "Cannot make the writable directory $path"
    writable+=("$APP_DIR/$path")
  done <"$RUN_DIR/writable"
  while IFS= read -r -d '' path; do link_media "$MEDIA_SHARE" "$path"; done <"$RUN_DIR/shared"
  while IFS= read -r -d '' path; do link_media "$MEDIA_ROOT/outbox" "$path"; done <"$RUN_DIR/outbox"
  find "$APP_DIR" -type d -exec chmod a-w {} +
  [ ${#writable[@]} -eq 0 ] || chmod -R u+rwX "${writable[@]}"
  if is_root && [ ${#writable[@]} -gt 0 ]; then chown -R -h "$APP_USER": "${writable[@]}"; fi
}

# A directory of the share or of the outbox in the application's place, so that it reads and writes where it always did.
link_media() { # where path
  local from=$1/$2 to=$APP_DIR/$2
  mkdir -p "$from" "${to%/*}" || fail "Cannot make $from: is the storage full, or away?"
  if is_root; then chown "$APP_USER": "$from" 2>/dev/null || true; fi
  rm -rf "$to"
  ln -s "$from" "$to" || fail "Cannot put $from in the place of $to"
}

check_readable() {
  as_app_user test -r "$APP_DIR/." || fail "The user $APP_USER cannot read the application in $APP_DIR"
}

# Where PHP keeps sessions, as phpredis reads it: other characters of a password would have a meaning there.
session_address() {
  [ -n "${REDIS_HOST:-}" ] && [ -n "${REDIS_PASSWORD:-}" ] || return 0
  printf 'tls://%s:%s?auth=%s&prefix=session:&timeout=2&read_timeout=5' "$REDIS_HOST" "${REDIS_PORT:-10000}" "$(url_encode "$REDIS_PASSWORD")"
}

url_encode() { # text
  local LC_ALL=C text=$1 i each
  for ((i = 0; i < ${#text}; i++)); do
    each=${text:i:1}
    case $each in [A-Za-z0-9._~-]) printf %s "$each" ;; *) printf '%%%02X' "'$each" ;; esac
  done
}

configure() {
  SLIPWAY_SESSIONS=$(session_address)
  export SLIPWAY_SESSIONS
  export RUN_DIR NGINX_LISTEN NGINX_PID_FILE FPM_PID_FILE
  local run_as=''
  is_root && run_as=$APP_USER
  local problem
  problem=$(RUN_AS=$run_as NGINX_BUILT=$("$NGINX_BIN" -V 2>&1) "$PHP" "$SLIPWAY/configure.php" 2>&1) || fail "Cannot render the configuration: $problem"
  # A leading colon keeps the directory the image was built with.
  export PHP_INI_SCAN_DIR=${PHP_INI_SCAN_DIR:-}:$RUN_DIR/php
}

# The application's own commands, one after the other, before anybody is served.
run_start_commands() {
  local file words status
  for file in "$RUN_DIR"/start/*; do
    [ -e "$file" ] || continue
    mapfile -d '' -t words <"$file"
    (cd "$APP_DIR" && as_app_user timeout --kill-after=5 "$START_SECONDS" "${words[@]}") >&2 </dev/null
    status=$?
    [ $status -ne 124 ] || fail "The start command \`${words[*]}\` did not end within $START_SECONDS s"
    [ $status -eq 0 ] || fail "The start command \`${words[*]}\` ended with code $status; what it said is above"
  done
}

# As a process group of its own, so that the children of a killed master can be ended. Sets STARTED to its pid. setpriv's
# pdeathsig ends a command when this script is killed; a change of user would take that back.
start_group() { # command...
  set -m
  "$@" >&2 </dev/null &
  STARTED=$!
  set +m
}

start_fpm() {
  rm -f "$RUN_DIR"/{app,ops,health,live,stream,ready}.sock
  FPM_STARTED_AT=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  export FPM_STARTED_AT
  start_group setpriv "${FPM_CAPABILITIES[@]}" --pdeathsig TERM "$PHP_FPM" -F "${FPM_FLAGS[@]}" -y "$RUN_DIR/php-fpm.conf"
  FPM=$STARTED
}

start_nginx() {
  [[ $NGINX_LISTEN == unix:* ]] && rm -f "${NGINX_LISTEN#unix:}"
  start_group setpriv --pdeathsig TERM "$NGINX_BIN" -e stderr -p "$RUN_DIR/nginx" -c "$RUN_DIR/nginx.conf" -g 'daemon off;'
  SERVER=$STARTED
}

# Nothing of the application runs beside the site in staging, so that nothing watches it there either.
start_supervisor() {
  [ "${SLOT_NAME:-}" = production ] && [ -e "$RUN_DIR/has-workers" ] || return 0
  local user=()
  if is_root && [ "$APP_USER" != root ]; then user=(setpriv --reuid "$APP_USER" --regid "$(id -gn "$APP_USER")" --clear-groups); fi
  STOP_SECONDS=$((GRACE_SECONDS > 4 ? GRACE_SECONDS - 2 : GRACE_SECONDS)) start_group "${user[@]}" setpriv "${FPM_CAPABILITIES[@]}" --pdeathsig TERM "$PHP" "$SLIPWAY/workers/supervise.php"
  SUPERVISOR=$STARTED
  echo "$SUPERVISOR" >"$SUPERVISOR_PID_FILE"
}

fpm_listens() {
  local pool
  for pool in app ops health live stream ready; do [ -S "$RUN_DIR/$pool.sock" ] || return 1; done
}

await_fpm() {
  local deadline=$((SECONDS + READY_SECONDS))
  until fpm_listens; do
    kill -0 "$FPM" 2>/dev/null || return 1
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.01
  done
}

sidecar_answers() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$SIDECAR_PORT" || exit 1
    printf 'GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
    read -r -t 1 line <&3 && [[ $line == *' 200 '* ]]
  ) 2>/dev/null
}

# Containers start in any order, and the platform's warm-up asks only this one. nginx therefore starts after the sidecar is
# ready, since files that are only in Blob could not be read before; after SIDECAR_SECONDS it starts without the sidecar.
await_sidecar() {
  local deadline=$((SECONDS + SIDECAR_SECONDS))
  until sidecar_answers; do
    if [ $SECONDS -ge $deadline ]; then
      say WARNING "The sidecar does not answer after $SIDECAR_SECONDS s: starting without it"
      return
    fi
    sleep 0.05
  done
}

# Ends the whole process group: the master may be dead while its workers are alive.
quit_server() { # pid
  [ -n "$1" ] || return 0
  local deadline=$((SECONDS + GRACE_SECONDS))
  # Repeated: where QUIT was ignored when this script began, it is until the program installs its handler.
  while is_alive "$1" && [ $SECONDS -lt $deadline ]; do
    kill -QUIT "$1" 2>/dev/null
    sleep 0.02
  done
  kill -KILL -- "-$1" 2>/dev/null
}

# nginx stops first, because it needs php-fpm to finish its open requests.
stop() {
  trap '' TERM INT HUP
  STOPPING=1
  say NOTICE 'Stopping'
  local deadline=$((SECONDS + GRACE_SECONDS))
  # It passes the signal on to the workers, which end while open requests do.
  [ -z "$SUPERVISOR" ] || kill -TERM "$SUPERVISOR" 2>/dev/null
  quit_server "$SERVER"
  quit_server "$FPM"
  if [ -n "$SUPERVISOR" ]; then
    wait_gone "$SUPERVISOR" $((deadline > SECONDS ? deadline - SECONDS : 0)) || kill -KILL "$SUPERVISOR" 2>/dev/null
  fi
  exit 0
}

reason() { # wait status
  if [ "$1" -gt 128 ]; then echo "was ended by signal $(kill -l $(($1 - 128)) 2>/dev/null || echo $(($1 - 128)))"; else echo "exited with code $1"; fi
}

# Delay before a restart: none at first, longer when a program dies again within a minute.
pause_before_restart() { # name
  local now=$SECONDS
  [ $((now - ${LAST_DEATH[$1]:--60})) -lt 60 ] && DEATHS[$1]=$((${DEATHS[$1]:-0} + 1)) || DEATHS[$1]=0
  LAST_DEATH[$1]=$now
  local step=${DEATHS[$1]}
  [ "$step" -lt ${#RESTART_DELAYS[@]} ] || step=$((${#RESTART_DELAYS[@]} - 1))
  sleep "${RESTART_DELAYS[$step]}"
}

# Lets the workers of a dead master finish their requests, then ends them.
retire() { # pid of the master
  kill -QUIT -- "-$1" 2>/dev/null || return 0
  (sleep "$RETIRE_SECONDS" && kill -KILL -- "-$1" 2>/dev/null) &
}

supervise() {
  declare -A DEATHS LAST_DEATH
  local ended status
  while true; do
    ended=''
    wait -n -p ended "$FPM" "$SERVER" ${SUPERVISOR:+"$SUPERVISOR"}
    status=$?
    [ -z "$STOPPING" ] || return
    if [ "$ended" = "$FPM" ]; then
      say ERROR "php-fpm $(reason $status), starting it again"
      retire "$FPM"
      pause_before_restart fpm
      start_fpm
    elif [ "$ended" = "$SERVER" ]; then
      say ERROR "nginx $(reason $status), starting it again"
      retire "$SERVER"
      pause_before_restart nginx
      start_nginx
    elif [ "$ended" = "$SUPERVISOR" ]; then
      say ERROR "The supervisor of the workers $(reason $status), starting it again"
      pause_before_restart supervisor
      start_supervisor
    fi
  done
}

main() {
  # Applies to all later output, also bash's own.
  exec 2> >(as_json_lines)
  LOG_WRITER=$!
  STOPPING='' FPM='' SERVER='' SUPERVISOR='' FPM_FLAGS=()
  # php-fpm runs as root only with this flag.
  FPM_CAPABILITIES=()
  if is_root && [ "$APP_USER" = root ]; then
    FPM_FLAGS=(--allow-to-run-as-root)
    setpriv --bounding-set -dac_override true 2>/dev/null && FPM_CAPABILITIES=(--bounding-set -dac_override)
  fi
  make_directories
  withdraw_in_staging
  stop_predecessor "$SUPERVISOR_PID_FILE" supervise.php TERM
  stop_predecessor "$NGINX_PID_FILE" nginx
  stop_predecessor "$FPM_PID_FILE" php-fpm
  unpack
  configure
  set_permissions
  check_readable
  run_start_commands
  trap stop TERM INT HUP
  start_fpm
  await_fpm || { kill -KILL "$FPM" 2>/dev/null; fail 'php-fpm does not start; its reason is above'; }
  [ -z "${SIDECAR_PORT:-}" ] || await_sidecar
  start_nginx
  start_supervisor
  supervise
}

main
