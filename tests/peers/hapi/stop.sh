#!/bin/bash
# stop.sh PORT: ends only what start.sh started there. The store is in memory, so all data are gone.
H=$(cd "$(dirname "$0")" && pwd); D=${PEERS_DIR:-$H/../../../build/peers}/hapi; f=$D/${1:?port}.pid
[ -f "$f" ] && grep -aqs HapiPeer "/proc/$(cat "$f")/cmdline" && kill "$(cat "$f")" 2>/dev/null
rm -f "$f"; echo stopped
