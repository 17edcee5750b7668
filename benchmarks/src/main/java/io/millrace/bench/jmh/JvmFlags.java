package io.millrace.bench.jmh;

/** Flags that a forked JVM needs, since a fork does not read the jar's manifest. */
final class JvmFlags {
    static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    static final String OPEN_MISC = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";
    static final String HEAP = "-Xmx512m";

    private JvmFlags() {}
}
