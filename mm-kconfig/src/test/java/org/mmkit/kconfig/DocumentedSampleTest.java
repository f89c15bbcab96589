package org.mmkit.kconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.LoadReport;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.lint.Finding;
import org.mmkit.kconfig.lint.Linter;
import org.mmkit.kconfig.macro.MacroShell;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.repair.FormulaExport;
import org.mmkit.kconfig.repair.Repair;
import org.mmkit.kconfig.repair.RepairResult;
import org.mmkit.kconfig.repair.Repairer;
import org.mmkit.kconfig.repair.TreeRule;

/** The sample of docs/kconfig.md, word for word. */
class DocumentedSampleTest {

    @TempDir
    private Path directory;

    @Test
    void the_sample_of_the_documentation_does_what_it_says() throws IOException {
        Files.writeString(directory.resolve("Kconfig"), """
                config A
                	bool "a"
                config N
                	int "n"
                	default 1
                config X
                	bool "x"
                	depends on A && N > 3 && "$(shell,probe)" = "y"
                """);
        byte[] content = "CONFIG_A=y\nCONFIG_STRANGER=y\n".getBytes(StandardCharsets.UTF_8);
        List<Diagnostic> diagnostics = new ArrayList<>();

        KconfigTree tree = Kconfig.below(directory)            // or Kconfig.parse(List.of(KconfigSource.of(name, text)))
                .environment(Map.of("ARCH", "x86_64"))         // what $(ARCH) reads
                .shell(MacroShell.recorded(Map.of("probe", "y"))) // or forbidden(), or a ProcessShell
                .listener(diagnostics::add)                    // warnings, with file and line
                .parse("Kconfig");                             // errors: a KconfigException with all diagnostics
        Symbol x = tree.symbol("X").orElseThrow();             // immutable, with x.nodes().get(0).position()

        ConfigurationEditor editor = new ConfigurationEditor(tree);
        LoadReport report = editor.load(".config", content);   // report.unknown() names strangers
        ResolvedConfiguration now = editor.edit().set("A", "y").set("N", "5").commit(); // all or nothing

        String why = now.reason("X").sentence();               // and new Explainer(now).explain("X") as a tree
        RepairResult result = new Repairer(editor, 30_000).find(Map.of("X", "y"), 3);
        List<Repair> ways = result.repairs();                  // fewest settings first, each applied and checked
        List<TreeRule> because = result.contradiction();       // or why there is none: rules with their places
        List<Finding> findings = new Linter(tree).lint(diagnostics);
        FormulaExport formula = FormulaExport.of(now);         // for solvers, see FormulaFormats

        assertThat(x.nodes().get(0).position()).hasToString("Kconfig:6");
        assertThat(report.unknown()).containsOnlyKeys("STRANGER");
        assertThat(why).isEqualTo("X is n because nothing sets it and it has no default that applies");
        assertThat(ways).hasSize(1);
        assertThat(ways.get(0).settings()).containsExactly(new Repair.Setting("X", "n", "y"));
        assertThat(because).isEmpty();
        assertThat(findings).isEmpty();
        assertThat(formula.symbols()).extracting(FormulaExport.Meaning::symbol).contains("A", "X");
    }

    @Test
    void the_documentation_shows_the_sample_that_is_tested() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(root.resolve("docs/kconfig.md"))) {
            root = root.getParent();
        }
        String page = Files.readString(root.resolve("docs/kconfig.md"));
        int start = page.indexOf("```java\n") + 8;
        String sample = page.substring(start, page.indexOf("```", start)).lines().map(String::strip)
                .collect(Collectors.joining("\n"));
        String test = Files.readString(root.resolve("mm-kconfig/src/test/java/org/mmkit/kconfig/DocumentedSampleTest.java"))
                .lines().map(String::strip).collect(Collectors.joining("\n"));
        assertThat(sample).contains("Repairer");
        assertThat(test).contains(sample);
    }
}
