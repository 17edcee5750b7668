# What the scripts share: where the project is, how to speak, which JDK, when to build. Sourced, never run.
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
JAR=$ROOT/benchmarks/target/millrace.jar
readonly ROOT JAR

# One line for each action, on stderr: stdout belongs to the program that is being run.
say() { printf 'millrace: %s\n' "$*" >&2; }

# Bad surroundings end as bad options do: one line that names the mend, exit code 2.
die() { say "$*"; exit 2; }

have() { command -v "$1" >/dev/null 2>&1; }

# Whether a directory holds a whole JDK 25 (a runtime without javac cannot build).
is_jdk25() { [[ -x $1/bin/javac ]] && grep -qs '^JAVA_VERSION="25[".]' "$1/release"; }

# Prints the home of a JDK 25: JAVA_HOME, then /usr/lib/jvm, then whatever java is on the PATH. Fails where there is none.
find_jdk25() {
  local home
  for home in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" /usr/lib/jvm/*25*; do
    if [[ -n $home ]] && is_jdk25 "$home"; then echo "$home"; return; fi
  done
  if have java; then
    home=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
    if is_jdk25 "$home"; then echo "$home"; return; fi
  fi
  return 1
}

require_jdk25() { find_jdk25 || die "no JDK 25 found: run scripts/setup, or set JAVA_HOME to one"; }

# Maven on its own JVM (17 or newer will do): its toolchain plugin finds the JDK 25 by this variable.
maven() {
  have mvn || die "no Maven found: run scripts/setup"
  JAVA25_HOME=$(require_jdk25) mvn --batch-mode --file "$ROOT/pom.xml" "$@"
}

# Whether the jar is there and no source has changed since it was built (a deleted one touches its directory).
jar_is_current() {
  [[ -f $JAR ]] && [[ -z $(find "$ROOT"/pom.xml "$ROOT"/*/pom.xml "$ROOT"/*/src/main "$ROOT"/benchmarks/workloads -newer "$JAR" -print -quit) ]]
}

build_jar() {
  jar_is_current && return
  say "building ${JAR#"$ROOT"/}"
  maven --quiet -DskipTests package >&2 || die "the build failed (see above): the command was mvn -DskipTests package"
  # Maven leaves the jar alone where only the dates of sources have changed.
  touch "$JAR"
}
