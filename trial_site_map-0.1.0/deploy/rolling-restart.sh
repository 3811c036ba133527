#!/bin/sh
# Restarts the replicas one by one; each must be ready before the next stops.
# Usage: rolling-restart.sh 8501 8502
set -eu
for port in "$@"; do
  systemctl restart "site-map@$port"
  curl --silent --fail --output /dev/null --retry 300 --retry-delay 1 --retry-all-errors \
    "http://127.0.0.1:$port/api/health"
done
