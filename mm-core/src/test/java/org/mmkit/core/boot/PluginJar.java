package org.mmkit.core.boot;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Makes the jar of a third party's plugin: compiled here, against the class path of the test. */
final class PluginJar {

    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    /** Compiles {@code source} of class {@code name}. */
    PluginJar compiled(String name, String source) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Path output = Files.createTempDirectory("plugin");
        JavaFileObject file = new SimpleJavaFileObject(
                URI.create("string:///" + name.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-d", output.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
            if (!compiler.getTask(null, files, null, options, null, List.of(file)).call()) {
                throw new IllegalStateException("the plugin's source does not compile");
            }
        }
        String path = name.replace('.', '/') + ".class";
        entries.put(path, Files.readAllBytes(output.resolve(path)));
        try (Stream<Path> made = Files.walk(output)) {
            for (Path old : made.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(old);
            }
        }
        return this;
    }

    /** A feature that does nothing but exist. */
    static PluginJar feature(String className, String id, String symbol) throws IOException {
        int dot = className.lastIndexOf('.');
        return new PluginJar()
                .compiled(className, "package " + className.substring(0, dot) + ";\n"
                        + "public class " + className.substring(dot + 1) + " implements org.mmkit.api.feature.Feature {\n"
                        + "  public String id() { return \"" + id + "\"; }\n"
                        + "  public String configSymbol() { return \"" + symbol + "\"; }\n"
                        + "  public void init(org.mmkit.api.feature.FeatureContext context) {\n"
                        + "    context.counters().add(context.counters().register(\"" + id + "_init\"), 1);\n"
                        + "  }\n"
                        + "}\n")
                .text("META-INF/services/org.mmkit.api.feature.Feature", className + "\n");
    }

    /** Adds a text file. */
    PluginJar text(String path, String content) {
        entries.put(path, content.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Makes the class file {@code path} one that needs Java {@code version}. */
    PluginJar forJava(String path, int version) {
        byte[] file = entries.get(path);
        file[6] = (byte) (version + 44 >>> 8);
        file[7] = (byte) (version + 44);
        return this;
    }

    /** Writes the jar. */
    Path write(Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream zip = new JarOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return jar;
    }
}
