#!/bin/sh
# Restart the replicas one after the other; each must answer again before the next goes down.
# Use: rolling-restart.sh 8501 8502
set -eu
for port in "$@"; do
  systemctl restart "site-map@$port"
  curl --silent --fail --output /dev/null --retry 300 --retry-delay 1 --retry-all-errors \
    "http://127.0.0.1:$port/api/health"
done
