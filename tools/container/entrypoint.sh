#!/bin/sh
# Runs a service's command with its Spark properties in place, the secret ones among them, in a file that only this container sees.
set -eu
umask 077
{
    cat include/spark/millrace.conf include/spark/hardening.conf include/spark/cluster.conf
    # The executors reach a driver under its container's own name.
    printf '\nspark.driver.host %s\n' "$(uname -n)"
    for secret in /run/secrets/*.conf; do
        if [ -f "$secret" ]; then cat "$secret"; fi
    done
} >/run/millrace/spark.conf
umask 022
exec "$@"
