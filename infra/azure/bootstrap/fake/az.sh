#!/bin/bash
# Plays the Azure CLI for the script's tests: keeps what was created in $AZ_STATE, answers `show` by it, writes every call
# to $AZ_CALLS, its words separated by tabs. The command named in $AZ_FAIL fails. Ids are made of the names.
IFS=$'\t'
printf '%s\n' "$*" >>"$AZ_CALLS"

words=()
declare -A options
while [ $# -gt 0 ]; do
  case "$1" in
    --tags) shift; while [ $# -gt 0 ] && [[ $1 != --* ]]; do options[tags]+="$1 "; shift; done; continue ;;
    --*) options[${1#--}]=$2; case "$2" in --*) ;; *) [ $# -gt 1 ] && shift ;; esac ;;
    *) words+=("$1") ;;
  esac
  shift
done
verb=${words[-1]}
unset 'words[-1]'
IFS=' '
kind="${words[*]}"
name=${options[name]:-${options[id]:-}}
file="$AZ_STATE/${kind// /-}.${options[identity-name]:-}$name"

guid() { sha1sum <<<"$1" | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/'; }
lines() { cat "$AZ_STATE/$1" 2>/dev/null || true; }

if [ "$kind $verb" = "${AZ_FAIL:-}" ]; then exit 1; fi

case "$kind $verb" in
  'group exists') if [ -e "$file" ]; then echo true; else echo false; fi ;;
  'group show') # asked for whose it is
    for tag in application stage; do grep -o "$tag=[^ ]*" "$file" | cut -d= -f2; done | paste -sd/ ;;
  'keyvault list-deleted') for deleted in "$AZ_STATE"/deleted-keyvault.*; do if [ -e "$deleted" ]; then basename "${deleted#*/deleted-keyvault.}"; fi; done ;;
  'keyvault recover') mv "$AZ_STATE/deleted-keyvault.$name" "$file" ;;
  'ad signed-in-user show') echo me-1 ;;
  'account show') if [ "${options[query]}" = tenantId ]; then guid tenant; else echo "$AZ_SUBSCRIPTION"; fi ;;
  'account '* | 'devops configure') ;;
  'devops project show') guid project ;;
  'devops service-endpoint create') basename "${options[service-endpoint-configuration]}" .json >>"$AZ_STATE/connections" ;;
  'devops service-endpoint list') echo "${options[query]}" | sed -E "s/.*name=='([^']*)'.*Federation(\w+) .*/\2-of-\1/" ;;
  'pipelines variable create') ;;
  'pipelines show' | 'repos show') echo 3 ;;
  'repos policy '*) ;;
  'role definition list') if [ -e "$file" ]; then guid "$name"; fi ;;
  'role definition create') touch "$AZ_STATE/role-definition.$(sed 's/.*"Name":"\([^"]*\)".*/\1/' <<<"${options[role-definition]}")" ;;
  'role assignment create') printf '%s\n' "${options[scope]}" >>"$AZ_STATE/scopes.${options[assignee-object-id]}" ;;
  'role assignment list') lines "scopes.${options[assignee]}" ;;
  'identity federated-credential list') lines "credentials.${options[identity-name]}" ;;
  'identity federated-credential create') if ! grep -qx "$name" "$AZ_STATE/credentials.${options[identity-name]}" 2>/dev/null; then echo "$name" >>"$AZ_STATE/credentials.${options[identity-name]}"; fi ;;
  'identity show') if [ -e "$file" ]; then if [ -n "${options[query]:-}" ]; then guid "${options[query]} of $name"; fi; else exit 3; fi ;;
  *' show') if [ -e "$file" ]; then if [ -n "${options[query]:-}" ]; then echo "${kind// /-}-id"; fi; else exit 3; fi ;;
  *' create')
    if [ -e "$file" ] || [ -e "$AZ_STATE/deleted-${kind// /-}.$name" ]; then
      echo "$kind $name already exists" >&2
      exit 1
    fi
    echo "${options[tags]:-}" >"$file"
    ;;
esac
exit 0
