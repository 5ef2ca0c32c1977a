#!/bin/bash
# Plays the Azure CLI for the script's tests: keeps what was created in $AZ_STATE, answers `show` by it, writes every call
# to $AZ_CALLS, its words separated by tabs. The command named in $AZ_FAIL fails.
IFS=$'\t'
printf '%s\n' "$*" >>"$AZ_CALLS"

words=()
declare -A options
while [ $# -gt 0 ]; do
  case "$1" in
    --*) options[${1#--}]=$2; case "$2" in --*) ;; *) [ $# -gt 1 ] && shift ;; esac ;;
    *) words+=("$1") ;;
  esac
  shift
done
verb=${words[-1]}
unset 'words[-1]'
IFS=' '
kind="${words[*]}"
credential=${options[federated-credential-id]:-$(sed -n 's/.*"name":"\([^"]*\)".*/\1/p' <<<"${options[parameters]:-}")}
# Azure finds by --display-name whatever begins so, and by --filter "displayName eq '…'" the one.
wanted=$(sed -n "s/^displayName eq '\(.*\)'$/\1/p" <<<"${options[filter]:-}")
name=${credential:-${options[name]:-${options[display-name]:-${options[id]:-}}}}
file="$AZ_STATE/${kind// /-}.$name"

say() { if [ -n "${options[query]:-}" ]; then echo "$1"; fi; }

if [ "$kind $verb" = "${AZ_FAIL:-}" ]; then exit 1; fi

case "$kind $verb" in
  'ad app list')
    if [ -n "$wanted" ]; then found=$AZ_STATE/ad-app.$wanted; else found=$(ls "$AZ_STATE/ad-app.${options[display-name]}"* 2>/dev/null | head -n 1); fi
    if [ -e "$found" ]; then echo ad-app-id; fi
    ;;
  *' update') if [ -n "${options[federated-credential-id]:-}" ] && [ ! -e "$file" ]; then exit 3; fi ;;
  'keyvault list-deleted') for deleted in "$AZ_STATE"/deleted-keyvault.*; do if [ -e "$deleted" ]; then basename "${deleted#*/deleted-keyvault.}"; fi; done ;;
  'keyvault recover') mv "$AZ_STATE/deleted-keyvault.$name" "$file" ;;
  'ad signed-in-user show') echo me-1 ;;
  'account show') echo tenant-1 ;;
  'role assignment create') ;;
  *' show') if [ -e "$file" ]; then say "${kind// /-}-id"; else exit 3; fi ;;
  *' create')
    if [ -e "$file" ] || [ -e "$AZ_STATE/deleted-${kind// /-}.$name" ]; then
      echo "$kind $name already exists" >&2
      exit 1
    fi
    touch "$file"
    say "${kind// /-}-id"
    ;;
esac
exit 0
