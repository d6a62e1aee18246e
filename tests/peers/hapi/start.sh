#!/bin/bash
# start.sh PORT [FLAG]...: builds if needed, starts HAPI FHIR R4 on 127.0.0.1:PORT, base /fhir, and waits until it answers.
# Jars, log and pid go to PEERS_DIR/hapi (default build/peers/hapi of this project). Needs a JDK 17 and Maven
# (Debian: maven default-jdk-headless); the first build fetches the jars from Maven Central.
H=$(cd "$(dirname "$0")" && pwd); D=${PEERS_DIR:-$H/../../../build/peers}/hapi; P=${1:?port}
mkdir -p "$D"; D=$(cd "$D" && pwd); L=$D/$P.log
[ -f "$D/$P.pid" ] && kill -0 "$(cat "$D/$P.pid")" 2>/dev/null && { echo "already up on $P"; exit 0; }
built=$(cat "$H/pom.xml" "$H"/src/*.java "$H"/resources/* | sha256sum)
(
  flock 9
  [ -d "$D/lib" ] && [ "$(cat "$D/built" 2>/dev/null)" = "$built" ] && exit 0
  mvn -B -ntp -q -f "$H/pom.xml" package -Dout="$D" >&2 && echo "$built" >"$D/built"
) 9>"$D/lock" || exit 1
setsid nohup java ${HAPI_OPTS:--Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1} -cp "$D/classes:$D/lib/*" HapiPeer "$@" >"$L" 2>&1 &
echo $! >"$D/$P.pid"
for _ in $(seq 240); do
  grep '^READY' "$L" && exit 0
  kill -0 "$(cat "$D/$P.pid")" 2>/dev/null || { echo "did not start, see $L"; tail -3 "$L"; exit 1; }
  sleep 0.5
done
echo "not ready after 120 s, see $L"; exit 1
