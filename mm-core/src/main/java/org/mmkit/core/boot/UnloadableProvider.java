package org.mmkit.core.boot;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceConfigurationError;
import org.mmkit.core.BootException;

/**
 * Why a provider that a jar declares cannot be loaded, in a sentence that names the jar, the class and what would help.
 *
 * <p>The service loader only throws; which jar it was reading is found by the names in its {@code META-INF/services} files.
 * Immutable.
 */
final class UnloadableProvider {

    /** Class files of Java N have the major version N + 44 (JVM specification, table 4.1-A). */
    private static final int MAJOR_OF_JAVA_0 = 44;

    private final String kind;
    private final ClassLoader loader;
    private final Map<String, URL> declared;

    private UnloadableProvider(String kind, ClassLoader loader, Map<String, URL> declared) {
        this.kind = kind;
        this.loader = loader;
        this.declared = declared;
    }

    /**
     * What the files that {@code loader} sees declare for {@code service}.
     *
     * @param kind what a user calls such a provider
     * @throws BootException when a file cannot be read
     */
    static UnloadableProvider of(Class<?> service, String kind, ClassLoader loader) {
        Map<String, URL> declared = new HashMap<>();
        try {
            for (URL file : Collections.list(loader.getResources("META-INF/services/" + service.getName()))) {
                try (InputStream in = file.openStream()) {
                    for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                        String name = line.replaceFirst("#.*", "").strip();
                        if (!name.isEmpty()) {
                            declared.putIfAbsent(name, file);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new BootException("cannot read the list of " + service.getSimpleName() + " services: " + e.getMessage(), e);
        }
        return new UnloadableProvider(kind, loader, declared);
    }

    /** How many classes are declared, each with the file that does: no more can fail. */
    int declared() {
        return declared.size();
    }

    /** The sentence for {@code failure}, which the service loader threw. */
    String explain(Throwable failure) {
        String text = String.valueOf(failure.getMessage()) + " " + failure.getCause();
        String culprit = "";
        for (String name : declared.keySet()) {
            // The longest name that the text holds: a shorter one may be just the beginning of it.
            if (name.length() > culprit.length() && (text.contains(name) || text.contains(name.replace('.', '/')))) {
                culprit = name;
            }
        }
        URL file = declared.get(culprit);
        return file == null ? "a " + kind + " cannot be loaded: " + reasonOf(failure) : explain(culprit, jarOf(file), failure);
    }

    private String explain(String name, String jar, Throwable failure) {
        URL classFile = loader.getResource(name.replace('.', '/') + ".class");
        if (classFile == null) {
            return jar + ": META-INF/services names " + kind + " " + name + ", but no such class is there";
        }
        int needed = javaOf(classFile);
        if (needed > Runtime.version().feature()) {
            return jar + ": " + kind + " " + name + " needs Java " + needed + ", but this is Java "
                    + Runtime.version().feature() + "; run with Java " + needed + " or use a build of the jar for this one";
        }
        return jar + ": " + kind + " " + name + " cannot be loaded: " + reasonOf(failure);
    }

    private static String reasonOf(Throwable failure) {
        Throwable cause = failure instanceof ServiceConfigurationError && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    /** The Java version that the class file at {@code file} was made for; below 1 when it is no class file. */
    private static int javaOf(URL file) {
        try (InputStream in = file.openStream()) {
            byte[] head = in.readNBytes(8);
            int major = head.length < 8 ? 0 : (head[6] & 0xff) << 8 | head[7] & 0xff;
            return major - MAJOR_OF_JAVA_0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String jarOf(URL inside) {
        String text = inside.toString();
        int end = text.indexOf("!/");
        text = end >= 0 ? text.substring(0, end) : text.replaceFirst("META-INF/services/.*", "");
        return text.replaceFirst("^jar:", "").replaceFirst("^file:", "");
    }
}
