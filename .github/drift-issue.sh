#!/usr/bin/env bash
# drift-issue.sh REPORT: keeps one open issue that says what drifted, or closes it when the report is empty.
set -euo pipefail
report=$1
title='Azure is not as the program and the last release made it'
number=$(gh issue list --state open --search "in:title \"$title\"" --json number --jq '.[0].number // empty')
if [ ! -s "$report" ]; then
  if [ -n "$number" ]; then gh issue close "$number" --comment 'Nothing has drifted any more.'; fi
  exit 0
fi
body=$(printf 'Changed outside of `pulumi up` and releases, which would undo it:\n\n```\n%s\n```\n' "$(cat "$report")")
if [ -n "$number" ]; then gh issue edit "$number" --body "$body"; else gh issue create --title "$title" --body "$body"; fi
