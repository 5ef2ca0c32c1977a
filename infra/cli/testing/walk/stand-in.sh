#!/bin/bash
# Plays gh, git, npm and npx for a walk through the guides: writes its call to $WALK/calls, a word after the other, and answers
# as far as the next command needs it.
name=$(basename "$0")
printf '%s\n' "$(IFS=$'\t'; echo "$name"$'\t'"$*")" >>"$WALK/calls"
case "$name $*" in
  *'--input -'*) cat >>"$WALK/bodies" ;;
  'gh api users/'*) echo 7 ;;
  'gh api repos/'*--jq*) echo 12/345 ;;
  'npx pulumi stack output '*) echo "$4-$6" ;;
  'npx pulumi up -s dev' | 'npx pulumi up -s prod') touch "$AZ_STATE/keyvault.vaultName-$5" ;;
esac
