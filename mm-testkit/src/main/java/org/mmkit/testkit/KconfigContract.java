package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Provider;
import org.mmkit.api.arch.Architecture;
import org.mmkit.kconfig.Kconfig;
import org.mmkit.kconfig.KconfigSource;
import org.mmkit.kconfig.lint.Finding;
import org.mmkit.kconfig.lint.Linter;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Symbol;

/** What the engine relies on in the Kconfig file of a plugin, beside those of all others on the path. The whole test is one method. */
public abstract class KconfigContract {

    /** For subclasses. */
    protected KconfigContract() {}

    /** The plugin. */
    protected abstract Provider provider();

    /** Whether the file has {@code behavior}; overridden by one that lacks something. */
    protected boolean has(KconfigBehavior behavior) {
        return true;
    }

    /** The plugin's Kconfig file; the resource of its jar unless overridden. */
    protected String kconfig() {
        return Plugins.kconfig(provider()).orElse("");
    }

    private String path() {
        return Plugins.kconfigPath(provider());
    }

    private void assumeFile() {
        Assumptions.assumeTrue(has(KconfigBehavior.OWN_FILE), "the plugin has no Kconfig file of its own");
    }

    private KconfigTree merged(List<Diagnostic> diagnostics) {
        return merged(Plugins.others(provider()), diagnostics);
    }

    /** The engine's file, those of {@code others} and the plugin's own, as the engine reads them. */
    private KconfigTree merged(List<Provider> others, List<Diagnostic> diagnostics) {
        List<KconfigSource> sources = new ArrayList<>();
        Provider own = provider();
        List<Provider> all = new ArrayList<>(others);
        all.add(own);
        all.sort(Comparator.comparing(Provider::id));
        for (Provider provider : all) {
            String text = provider == own ? kconfig() : Plugins.kconfig(provider).orElse("");
            if (!text.isEmpty()) {
                sources.add(KconfigSource.of(Plugins.kconfigPath(provider), text));
            }
        }
        String main = sources.stream().map(source -> "source \"" + source.name() + "\"\n").collect(Collectors.joining());
        sources.add(KconfigSource.of(Plugins.CORE, Plugins.coreKconfig()));
        sources.add(KconfigSource.of("Kconfig", "source \"" + Plugins.CORE + "\"\n" + main));
        return Kconfig.inMemory(sources).listener(diagnostics::add).parse("Kconfig");
    }

    @Test
    void the_file_is_in_the_jar_where_the_engine_looks_for_it() {
        assertEquals(has(KconfigBehavior.OWN_FILE), !kconfig().isEmpty(), path());
    }

    @Test
    void the_file_can_be_parsed_alone() {
        assumeFile();
        if (has(KconfigBehavior.STANDS_ALONE)) {
            Kconfig.parse(List.of(KconfigSource.of(path(), kconfig())));
        } else {
            assertThrows(KconfigException.class, () -> Kconfig.parse(List.of(KconfigSource.of(path(), kconfig()))));
        }
    }

    @Test
    void the_symbol_that_switches_the_plugin_on_is_defined_in_its_own_file() {
        KconfigTree tree = merged(new ArrayList<>());
        Symbol symbol = tree.find(provider().configSymbol());

        if (symbol == null || !symbol.isDefined()) {
            throw new AssertionError(provider().configSymbol() + " is defined nowhere");
        }
        assertEquals(has(KconfigBehavior.OWN_FILE), symbol.nodes().stream().anyMatch(node -> node.file().equals(path())),
                provider().configSymbol() + " is defined in "
                        + symbol.nodes().stream().map(MenuNode::file).collect(Collectors.joining(", ")));
    }

    @Test
    void what_a_user_can_set_is_defined_in_no_other_file() {
        assumeFile();
        Set<String> alternatives = Plugins.others(provider()).stream()
                .filter(other -> other instanceof Architecture && provider() instanceof Architecture) // of which a machine has one
                .map(Plugins::kconfigPath)
                .collect(Collectors.toSet());
        for (Symbol symbol : merged(new ArrayList<>()).symbols()) {
            TreeSet<String> files = new TreeSet<>();
            for (MenuNode node : symbol.nodes()) {
                if (node.prompt() != null && !symbol.isChoice()) {
                    files.add(node.file());
                }
            }
            files.removeAll(alternatives);
            assertFalse(files.contains(path()) && files.size() > 1, symbol.name() + " has a prompt in " + files);
        }
    }

    @Test
    void what_a_user_can_set_has_a_help_text() {
        assumeFile();
        List<String> without = new ArrayList<>();
        for (Symbol symbol : merged(new ArrayList<>()).symbols()) {
            for (MenuNode node : symbol.nodes()) {
                boolean asked = node.prompt() != null && !symbol.isChoice() && !symbol.isChoiceMember();
                if (asked && node.file().equals(path()) && node.help() == null) {
                    without.add(symbol.name());
                }
            }
        }
        assertEquals(has(KconfigBehavior.HELP_TEXTS), without.isEmpty(), "without help text: " + without);
    }

    @Test
    void the_linter_finds_nothing() {
        assumeFile();
        assertNoFindingsBeside(Plugins.others(provider()));
    }

    /** Whatever else lies on the path of the test: a user's path may hold nothing but the engine, this plugin and an architecture. */
    @Test
    void the_linter_finds_nothing_where_the_plugins_that_may_be_absent_are_absent() {
        assumeFile();
        assertNoFindingsBeside(Plugins.others(provider()).stream()
                .filter(other -> other instanceof Architecture && !(provider() instanceof Architecture)) // of which a machine has one
                .toList());
    }

    private void assertNoFindingsBeside(List<Provider> others) {
        List<Diagnostic> diagnostics = new ArrayList<>();
        KconfigTree tree = merged(others, diagnostics);
        List<Finding> own = new Linter(tree).lint(diagnostics).stream()
                .filter(finding -> finding.position().file().equals(path()))
                .toList();

        assertTrue(own.isEmpty(), own.stream().map(Finding::toString).collect(Collectors.joining("\n")));
    }
}
