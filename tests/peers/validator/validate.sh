#!/bin/bash
# validate.sh [-profile URL] [-min error|warning|information] FILE.json...: HL7 validator, R4 + genomics-reporting 3.0.0.
# Offline after the first run. Jars and packages go to PEERS_DIR/validator (default build/peers/validator of this project).
# Needs a JDK 17, Maven and npm. "-" reads file names from standard input.
H=$(cd "$(dirname "$0")" && pwd); D=${PEERS_DIR:-$H/../../../build/peers}/validator
mkdir -p "$D/packages"; D=$(cd "$D" && pwd); P=()
built=$(cat "$H/pom.xml" "$H"/src/*.java | sha256sum)
(
  flock 9
  [ -d "$D/lib" ] && [ "$(cat "$D/built" 2>/dev/null)" = "$built" ] && exit 0
  mvn -B -ntp -q -f "$H/pom.xml" package -Dout="$D" >&2 && echo "$built" >"$D/built"
) 9>"$D/lock" || exit 2
for p in hl7.fhir.uv.genomics-reporting@3.0.0 hl7.terminology.r4@7.0.1; do
  f=$D/packages/${p/@/-}.tgz
  [ -f "$f" ] || (cd "$D/packages" && npm pack --silent "$p" >&2) || exit 2
  P+=(-p "$f")
done
exec java -Xmx1g -XX:+UseSerialGC -cp "$D/classes:$D/lib/*" Validate "${P[@]}" "$@"
