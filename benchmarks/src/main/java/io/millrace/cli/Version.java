package io.millrace.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version, as the build wrote it into {@code millrace.properties}. */
public final class Version implements IVersionProvider {
    /** Such as {@code 0.1.0-SNAPSHOT}. */
    public static String number() {
        final Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("/millrace.properties")) {
            properties.load(in);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "millrace " + number(),
            "JDK " + Runtime.version(),
            System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
