package org.mmkit.kconfig.repair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.mmkit.kconfig.Kconfig;
import org.mmkit.kconfig.KconfigSource;
import org.mmkit.kconfig.Trees;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.eval.RandomKconfig;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Dialect;

/** Answers about small random trees against a trial of every configuration. */
class ExhaustiveRepairTest {

    private static final int TREES = 150;
    private static final int MAX_CONFIGURATIONS = 40_000;

    private int possible;
    private int impossible;

    @Test
    void K04_what_is_possible_and_what_it_costs_agree_with_a_trial_of_every_configuration() {
        for (int seed = 0; seed < TREES; seed++) {
            String text = RandomKconfig.text(new Random(seed), 4);
            compare("seed " + seed + ", ", text, Trees.editor(text), true);
        }
        assertThat(impossible).isGreaterThan(100);
        assertThat(possible).isGreaterThan(500);
    }

    @Test
    void K04_choices_with_modes_agree_with_a_trial_of_every_configuration() {
        for (int seed = 0; seed < TREES; seed++) {
            String text = classicChoice(new Random(seed));
            KconfigTree tree = Kconfig.inMemory(List.of(KconfigSource.of("Kconfig", text)))
                    .dialect(Dialect.CLASSIC).parse("Kconfig");
            assertThat(tree.hasClassicChoices()).isTrue();
            compare("seed " + seed + ", ", text, new ConfigurationEditor(tree), false);
        }
        assertThat(impossible).isGreaterThan(40);
        assertThat(possible).isGreaterThan(500);
    }

    /** A choice as before Linux 6.9, between symbols that it depends on and that depend on it. */
    private static String classicChoice(Random random) {
        boolean three = random.nextInt(3) > 0;
        StringBuilder text = new StringBuilder("config MODULES\n\tbool \"modules\"\n\toption modules\n");
        text.append(random.nextBoolean() ? "\tdefault y\n" : "");
        text.append("config T\n\ttristate \"t\"\n");
        text.append("choice\n\t").append(three ? "tristate" : "bool").append(" \"choice\"");
        text.append(random.nextInt(3) == 0 ? " if T\n" : "\n");
        text.append(random.nextInt(3) == 0 ? "\tdepends on T\n" : "");
        text.append(random.nextInt(3) == 0 ? "\toptional\n" : "");
        text.append(random.nextInt(3) == 0 ? "\tdefault C1\n" : "");
        int members = 2;
        for (int i = 0; i < members; i++) {
            text.append("config C").append(i).append("\n\t");
            text.append(three && random.nextInt(4) > 0 ? "tristate" : "bool").append(" \"c\"\n");
            text.append(random.nextInt(3) == 0 ? "\tdepends on " + (random.nextBoolean() ? "T\n" : "!T\n") : "");
        }
        text.append("endchoice\nconfig AFTER\n\t").append(random.nextBoolean() ? "tristate" : "bool");
        text.append(random.nextBoolean() ? "\n\tdefault C0\n" : " \"after\"\n\tdepends on C0 && !C1\n");
        return text.toString();
    }

    private void compare(String name, String text, ConfigurationEditor editor, boolean leastFirst) {
        Map<String, Integer> cost = tryAll(text, editor);
        if (cost.isEmpty()) {
            return;
        }
        for (Symbol s : editor.tree().symbols()) {
            if (!s.isDefined() || s.isConstant() || s.isChoice() || !s.type().isLogical()) {
                continue;
            }
            for (String value : s.type() == SymbolType.TRISTATE ? List.of("n", "m", "y") : List.of("n", "y")) {
                RepairResult result = new Repairer(editor, 60_000).find(Map.of(s.name(), value), 1);
                Integer least = cost.get(s.name() + "=" + value);
                String what = name + s.name() + "=" + value + " in\n" + text;
                if (least == null) {
                    impossible++;
                    assertThat(result.repairs()).as(what).isEmpty();
                    assertMinimal(editor.current(), Map.of(s, value), result.contradiction(), what);
                } else {
                    possible++;
                    assertThat(result.repairs()).as(what).isNotEmpty();
                    int size = result.repairs().get(0).settings().size();
                    assertThat(size).as(what).isBetween(least, leastFirst ? least : least + 1);
                }
            }
        }
    }

    /** The rules cannot hold together, and can without any one of them. */
    static void assertMinimal(ResolvedConfiguration c, Map<Symbol, String> wishes, List<TreeRule> rules, String what) {
        Contradiction fresh = new Contradiction(c, wishes, Map.of());
        assertThat(rules).as(what).isNotEmpty();
        assertThat(fresh.isPossible(rules)).as(what).isFalse();
        for (TreeRule left : rules) {
            List<TreeRule> rest = new ArrayList<>(rules);
            rest.removeIf(left::equals);
            assertThat(fresh.isPossible(rest)).as(what + "\nwithout " + left + " of " + rules).isTrue();
        }
    }

    /** For each {@code SYMBOL=value} that some settings give, the least number of settings; empty for too many. */
    private static Map<String, Integer> tryAll(String text, ConfigurationEditor start) {
        ConfigurationEditor editor = start.copy();
        List<Symbol> symbols = editor.tree().symbols().stream()
                .filter(s -> s.isDefined() && !s.isConstant() && !s.isChoice() && s.hasPrompt()).toList();
        TreeSet<Integer> numbers = new TreeSet<>(List.of(0, 1, 2, 3));
        Matcher m = Pattern.compile("(?<![S\\d])\\d+").matcher(text);
        while (m.find()) {
            for (int d = -1; d <= 1; d++) {
                numbers.add(Integer.parseInt(m.group()) + d);
            }
        }
        long all = 1;
        List<List<String>> values = new ArrayList<>();
        for (Symbol s : symbols) {
            List<String> of = new ArrayList<>(List.of(""));
            switch (s.type()) {
                case BOOL -> of.addAll(List.of("n", "y"));
                case TRISTATE -> of.addAll(List.of("n", "m", "y"));
                case INT -> numbers.forEach(n -> of.add(n.toString()));
                default -> of.addAll(List.of("0", "1", "2", "7", "30", "100", "a", "y", "m", "n"));
            }
            values.add(of);
            all *= of.size();
        }
        Map<String, Integer> cost = new HashMap<>();
        if (all <= MAX_CONFIGURATIONS) {
            for (long i = 0; i < all; i++) {
                ConfigurationEditor.Edit edit = editor.edit();
                int set = 0;
                long rest = i;
                for (int k = 0; k < symbols.size(); k++) {
                    String v = values.get(k).get((int) (rest % values.get(k).size()));
                    rest /= values.get(k).size();
                    if (v.isEmpty()) {
                        edit.unset(symbols.get(k).name());
                    } else {
                        edit.set(symbols.get(k).name(), v);
                        set++;
                    }
                }
                ResolvedConfiguration c = edit.commit();
                for (Symbol s : editor.tree().symbols()) {
                    if (s.isDefined() && !s.isConstant() && !s.isChoice() && s.type().isLogical()) {
                        cost.merge(s.name() + "=" + c.values().value(s), set, Math::min);
                    }
                }
            }
        }
        return cost;
    }
}
