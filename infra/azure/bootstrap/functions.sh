# shellcheck shell=bash disable=SC2154
refuse() {
  echo "$1" >&2
  exit 1
}
grant() { # role, principal, type, scope, condition
  az role assignment create --role "$1" --assignee-object-id "$2" --assignee-principal-type "$3" --scope "$4" \
    ${5:+--condition "$5" --condition-version 2.0} --output none
}
ensure_group() { # name, location, whose it has to be, tags
  local found
  if [ "$(az group exists --name "$1")" = true ]; then
    found=$(az group show --name "$1" --query "join('/', [not_null(tags.application, ''), not_null(tags.stage, '')])" --output tsv)
    if [ "$found" != "$3" ]; then refuse "resource group $1 was not made by bootstrap: its tags application and stage say '$found', not '$3'"; fi
  else
    az group create --name "$1" --location "$2" --tags "${@:4}" --output none
  fi
}
# Whoever could add a credential or a role to an identity before could use it for something else now.
refuse_foreign() { # identity, principal, its own scopes
  local found each own
  found=$(az identity federated-credential list --identity-name "$1" --resource-group "$GROUP" --query '[].name' --output tsv)
  for each in $found; do
    case "$each" in
      github | azure-devops) ;;
      *) refuse "identity $1 has a credential $each that bootstrap did not make" ;;
    esac
  done
  found=$(az role assignment list --assignee "$2" --all --fill-principal-name false --query '[].scope' --output tsv)
  for each in $found; do
    for own in "${@:3}"; do
      if [[ "${each,,}/" == "${own,,}"/* ]]; then continue 2; fi
    done
    refuse "identity $1 has a role on $each that bootstrap did not give"
  done
}
