package org.mmkit.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The dependency rules that keep a plugin replaceable, beyond what scopes and descriptors already refuse. */
class DependencyRulesTest {

    private static final String[] PLUGINS = {"org.mmkit.arch..", "org.mmkit.thp..", "org.mmkit.hugetlb.."};
    private static final String[] UPPER = {
        "org.mmkit.scenario..", "org.mmkit.replay..", "org.mmkit.cli..", "org.mmkit.testkit..", "org.mmkit.bench.."
    };

    /** Maven's folder of test classes, or a folder named after tests. */
    private static final Pattern TESTS = Pattern.compile(".*[/-]test(-classes)?/.*");

    private static JavaClasses classes;

    @BeforeAll
    static void readClasses() {
        classes = new ClassFileImporter()
                .withImportOption(location -> !location.matches(TESTS))
                .importPackages("org.mmkit");
        assertThat(classes).isNotEmpty();
    }

    @Test
    void a_plugin_knows_the_api_and_nothing_else_of_ours() {
        noClasses().that().resideInAnyPackage(PLUGINS)
                .should().dependOnClassesThat().resideInAnyPackage("org.mmkit.core..", "org.mmkit.kconfig..")
                .orShould().dependOnClassesThat().resideInAnyPackage(UPPER)
                .check(classes);
    }

    @Test
    void a_plugin_knows_no_other_plugin() {
        for (String plugin : PLUGINS) {
            String[] others = Stream.of(PLUGINS).filter(p -> !p.equals(plugin)).toArray(String[]::new);
            noClasses().that().resideInAPackage(plugin)
                    .should().dependOnClassesThat().resideInAnyPackage(others)
                    .check(classes);
        }
    }

    @Test
    void the_engine_and_the_language_know_no_plugin_and_nothing_above_them() {
        noClasses().that().resideInAnyPackage("org.mmkit.api..", "org.mmkit.kconfig..", "org.mmkit.core..")
                .should().dependOnClassesThat().resideInAnyPackage(PLUGINS)
                .orShould().dependOnClassesThat().resideInAnyPackage(UPPER)
                .check(classes);
        noClasses().that().resideInAPackage("org.mmkit.api..")
                .should().dependOnClassesThat().resideInAnyPackage("org.mmkit.core..", "org.mmkit.kconfig..")
                .check(classes);
        noClasses().that().resideInAPackage("org.mmkit.kconfig..")
                .should().dependOnClassesThat().resideInAPackage("org.mmkit.core..")
                .check(classes);
    }

    @Test
    void the_engine_loads_no_plugin_by_a_name_in_a_string() throws IOException {
        Pattern name = Pattern.compile("\"[^\"]*\\b(org\\.mmkit\\.(thp|hugetlb|arch)|mm-thp|mm-hugetlb|arch-[a-z])[^\"]*\"");
        List<String> found = new ArrayList<>();
        for (Path source : sources(Checkout.root().resolve("mm-core/src/main/java"))) {
            List<String> lines = Files.readAllLines(source);
            for (int i = 0; i < lines.size(); i++) {
                if (name.matcher(lines.get(i)).find()) {
                    found.add(source.getFileName() + ":" + (i + 1) + ": " + lines.get(i).strip());
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static List<Path> sources(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> sources = files.filter(f -> f.toString().endsWith(".java")).toList();
            assertThat(sources).isNotEmpty();
            return sources;
        }
    }
}
