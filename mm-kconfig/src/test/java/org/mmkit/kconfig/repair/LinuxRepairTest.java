package org.mmkit.kconfig.repair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.mmkit.kconfig.Kconfig;
import org.mmkit.kconfig.LinuxTree;
import org.mmkit.kconfig.config.ConfigFile;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.macro.MacroShell;
import org.mmkit.kconfig.macro.ProcessShell;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/** Wishes for a real kernel tree, whose folder the variable KSRC names. */
@Tag("heavy")
class LinuxRepairTest {

    private static final int PAIRS = 200;

    private static KconfigTree tree;
    private static byte[] defconfig = {};

    @BeforeAll
    static void parse() throws IOException {
        String source = System.getenv("KSRC");
        Assumptions.assumeTrue(source != null, "KSRC names no kernel tree");
        Path directory = Path.of(source);
        MacroShell shell = new ProcessShell(System.getenv(), directory, null);
        Map<String, String> env = LinuxTree.environment(directory, "x86_64", System.getenv(), shell);
        tree = Kconfig.below(directory).environment(env).shell(new ProcessShell(env, directory, null)).parse("Kconfig");
        defconfig = ConfigFile.read(directory.resolve("arch/x86/configs/x86_64_defconfig"));
        assertThat(Files.exists(directory)).isTrue();
    }

    @Test
    void K04_two_hundred_random_wishes_hold_when_applied_or_are_impossible_for_a_minimal_reason() {
        ConfigurationEditor editor = new ConfigurationEditor(tree);
        editor.load("defconfig", defconfig);
        Random random = new Random(Long.getLong("mm.seed", 1));
        List<Symbol> symbols = new ArrayList<>();
        for (Symbol s : tree.symbols()) {
            if (s.isDefined() && !s.isConstant() && !s.isChoice() && !s.isTransitional() && s.type() != SymbolType.UNKNOWN) {
                symbols.add(s);
            }
        }
        List<Long> micros = new ArrayList<>();
        int repaired = 0;
        int impossible = 0;
        int rules = 0;
        while (micros.size() < PAIRS) {
            Symbol s = symbols.get(random.nextInt(symbols.size()));
            String value = value(random, s, editor.current());
            long start = System.nanoTime();
            RepairResult result = new Repairer(editor, 30_000).find(Map.of(s.name(), value), 1);
            micros.add((System.nanoTime() - start) / 1000);
            String what = s.name() + "=" + value;
            if (result.repairs().isEmpty()) {
                impossible++;
                rules += result.contradiction().size();
                ExhaustiveRepairTest.assertMinimal(editor.current(), Map.of(s, value), result.contradiction(), what);
                System.out.println(what + " impossible:");
                result.contradiction().forEach(r -> System.out.println("    " + r));
                continue;
            }
            repaired++;
            ConfigurationEditor copy = new ConfigurationEditor(tree);
            copy.load("defconfig", defconfig);
            ConfigurationEditor.Edit edit = copy.edit();
            result.repairs().get(0).settings().forEach(x -> edit.set(x.symbol(), x.after()));
            edit.commit();
            // What was written and read again says the same.
            ConfigurationEditor again = new ConfigurationEditor(tree);
            again.load("written", copy.toDotConfig());
            assertThat(again.current().values().value(s)).as(what + " by " + result.repairs().get(0).settings())
                    .isEqualTo(value);
        }
        Collections.sort(micros);
        System.out.printf("%d repaired, %d impossible with %.1f rules each; median %d ms, worst %d ms%n", repaired,
                impossible, rules / (double) Math.max(1, impossible), micros.get(PAIRS / 2) / 1000,
                micros.get(PAIRS - 1) / 1000);
        assertThat(repaired + impossible).isEqualTo(PAIRS);
    }

    @Test
    void one_changed_symbol_is_evaluated_incrementally_as_a_fresh_evaluation_would() {
        ConfigurationEditor editor = new ConfigurationEditor(tree);
        editor.load("defconfig", defconfig);
        List<Symbol> symbols = tree.symbols().stream().filter(s -> s.isDefined() && !s.isChoice() && !s.isConstant()
                && s.choiceNode() == null && s.type().isLogical() && s.hasPrompt() && s != tree.modules()).toList();
        Random random = new Random(3);
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            Symbol s = symbols.get(random.nextInt(symbols.size()));
            String value = editor.current().values().level(s) > 0 ? "n" : "y";
            long start = System.nanoTime();
            editor.edit().set(s.name(), value).commit();
            if (i >= 1000) {
                nanos.add(System.nanoTime() - start);
            }
        }
        ResolvedConfiguration fresh = editor.copy().current();
        for (Symbol s : tree.symbols()) {
            assertThat(editor.current().values().value(s)).as(s.toString()).isEqualTo(fresh.values().value(s));
        }
        Collections.sort(nanos);
        System.out.printf("one symbol: median %d us, 99 %% within %d us%n", nanos.get(nanos.size() / 2) / 1000,
                nanos.get(nanos.size() * 99 / 100) / 1000);
    }

    private static String value(Random random, Symbol s, ResolvedConfiguration now) {
        return switch (s.type()) {
            case BOOL -> now.values().level(s) == 2 ? "n" : "y";
            case TRISTATE -> String.valueOf("nmy".replace(now.values().value(s), "").charAt(random.nextInt(2)));
            case INT -> String.valueOf(random.nextInt(random.nextBoolean() ? 32 : 100_000));
            case HEX -> "0x" + Integer.toHexString(random.nextInt(1 << 28));
            default -> "text" + random.nextInt(9);
        };
    }
}
