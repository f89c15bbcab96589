package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/conformance.md: which tests show each requirement, found by the ids in their names. {@code -Dconformance.write=true} writes the file
 * anew.
 */
class ConformanceTest {

    private static final Pattern NAMED = Pattern.compile("void ([THKA]\\d\\d)_(\\w+)\\(");
    private static final Path DOCUMENT = Checkout.root().resolve("docs/conformance.md");

    /** Sentences by module, by requirement. */
    private static Map<String, Map<String, TreeSet<String>>> tests() throws IOException {
        Map<String, Map<String, TreeSet<String>>> tests = new TreeMap<>();
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> modules = Files.list(Checkout.root())) {
            for (Path module : modules.filter(m -> Files.isDirectory(m.resolve("src/test/java"))).toList()) {
                try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
                    files.filter(f -> f.toString().matches(".*(Test|IT)\\.java")).forEach(sources::add);
                }
            }
        }
        for (Path source : sources) {
            String module = Checkout.root().relativize(source).getName(0).toString();
            Matcher matcher = NAMED.matcher(Files.readString(source));
            while (matcher.find()) {
                tests.computeIfAbsent(matcher.group(1), id -> new TreeMap<>())
                        .computeIfAbsent(module, m -> new TreeSet<>())
                        .add(matcher.group(2).replace('_', ' '));
            }
        }
        return tests;
    }

    private static List<String> rows() throws IOException {
        try (InputStream in = ConformanceTest.class.getResourceAsStream("/conformance-rows.txt")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static String document(Map<String, Map<String, TreeSet<String>>> tests) throws IOException {
        StringBuilder text = new StringBuilder("""
                # Conformance

                Each requirement with the tests that show it, found by the id in their names. Made by `ConformanceTest`, which fails when this
                file is old or a requirement has lost its last test; `mvn -pl mm-cli -am test -Dtest=ConformanceTest
                -Dsurefire.failIfNoSpecifiedTests=false -Dconformance.write=true` writes it anew. Scenarios recorded on a kernel are in
                [accuracy](accuracy.md).
                """);
        for (String row : rows()) {
            if (row.startsWith("# ")) {
                text.append("\n## ").append(row.substring(4)).append('\n');
                continue;
            }
            String id = row.substring(0, 3);
            text.append("\n**").append(id).append("** ").append(row.substring(4)).append('\n');
            tests.getOrDefault(id, Map.of()).forEach((module, names) ->
                    names.forEach(name -> text.append("- ").append(name).append(" (").append(module).append(")\n")));
        }
        return text.toString();
    }

    @Test
    void every_requirement_has_a_test_and_the_table_of_them_is_of_today() throws IOException {
        Map<String, Map<String, TreeSet<String>>> tests = tests();
        List<String> ids = rows().stream().filter(row -> !row.startsWith("# ")).map(row -> row.substring(0, 3)).toList();
        if (Boolean.getBoolean("conformance.write")) {
            Files.writeString(DOCUMENT, document(tests));
        }

        assertThat(tests.keySet()).as("ids in test names that are no requirement").isSubsetOf(ids);
        assertThat(ids).filteredOn(id -> !tests.containsKey(id)).as("requirements without a test").isEmpty();
        assertThat(Files.readString(DOCUMENT)).as("docs/conformance.md, which -Dconformance.write=true writes anew").isEqualTo(document(tests));
    }
}
