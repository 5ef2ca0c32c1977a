#!/usr/bin/env bash
# signed-in.sh COMMAND…: runs a command signed in to Azure for as long as it takes.
# GitHub's token lives 5 minutes, and Azure's command line gets no token for another resource with an older one (AADSTS700024,
# Azure/azure-cli#28708). So every resource is asked for at once, and the sign-in is renewed while the command runs.
set -euo pipefail
renew_seconds=${RENEW_SECONDS:-240}
resources=(https://management.azure.com https://storage.azure.com https://vault.azure.net)

sign_in() {
  local token
  # Header and token come over pipes, so that no list of processes shows them; `@-` is the input of Azure's command line.
  token=$(curl --fail --silent --show-error --retry 3 --config - <<END | jq --raw-output .value
url = "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=api://AzureADTokenExchange"
header = "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN"
END
  )
  az login --service-principal --username "$AZURE_CLIENT_ID" --tenant "$ARM_TENANT_ID" --federated-token @- --output none <<<"$token"
  az account set --subscription "$ARM_SUBSCRIPTION_ID"
  for resource in "${resources[@]}"; do az account get-access-token --resource "$resource" --output none; done
}

keep_signed_in() {
  while sleep "$renew_seconds" >/dev/null 2>&1; do sign_in || echo '::warning::the sign-in could not be renewed; the next attempt follows'; done
}

sign_in
# In a process group of its own, so that whatever it waits for ends with it.
set -m
keep_signed_in &
renewal=$!
set +m
trap '{ kill -- "-$renewal"; wait "$renewal"; } 2>/dev/null || true' EXIT
"$@"
