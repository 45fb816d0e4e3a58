#!/bin/sh
# Starts WildFly as the main process of a container.
set -eu

# Identifies the transactions of this server. It must be unique among the servers that share a Redis or a database, stay the same
# after a restart, and have at most 23 characters. The pods of a StatefulSet have such names.
node="${NODE_IDENTIFIER:-$(hostname)}"
if [ "${#node}" -gt 23 ]; then
  echo "The node identifier '$node' has more than 23 characters. Set NODE_IDENTIFIER." >&2
  exit 1
fi

# Lets WildFly receive the signals that a container runtime sends to the main process.
export LAUNCH_JBOSS_IN_BACKGROUND=true

exec "$JBOSS_HOME/bin/standalone.sh" \
  -b 0.0.0.0 -bmanagement 0.0.0.0 \
  -Djboss.tx.node.id="$node" \
  -Dorg.wildfly.sigterm.suspend.timeout="${SUSPEND_SECONDS:-40}" \
  -DRecoveryEnvironmentBean.periodicRecoveryPeriod=5 \
  -DRecoveryEnvironmentBean.recoveryBackoffPeriod=1 \
  -DJTAEnvironmentBean.orphanSafetyInterval=5000 \
  "$@"
