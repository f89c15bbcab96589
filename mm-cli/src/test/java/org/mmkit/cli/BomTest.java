package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** mm-bom has no parent, so that nothing but a test keeps it in step with the build. */
class BomTest {

    @Test
    void the_bom_aligns_every_module_that_is_published() throws IOException {
        Set<String> modules = all("<module>([^<]+)</module>", "pom.xml");
        modules.remove("mm-bom");
        modules.remove("mm-bench");
        modules.remove("mm-archetype"); // projects are made from it, none depends on it
        modules.removeIf(module -> module.startsWith("samples/"));

        assertThat(all("<groupId>org.mmkit</groupId><artifactId>([^<]+)</artifactId>", "mm-bom/pom.xml"))
                .isEqualTo(modules);
    }

    @Test
    void the_bom_has_the_version_of_the_build() throws IOException {
        String version = "<version>(\\d[^<]*)</version>";
        assertThat(first(version, "mm-bom/pom.xml")).isEqualTo(first(version, "pom.xml"));
    }

    private static Set<String> all(String pattern, String file) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(Checkout.root().resolve(file)));
        Set<String> found = new TreeSet<>();
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String first(String pattern, String file) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(Checkout.root().resolve(file)));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }
}
