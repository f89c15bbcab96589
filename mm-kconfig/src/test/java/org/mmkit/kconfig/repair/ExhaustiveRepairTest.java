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
import org.mmkit.kconfig.Trees;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.eval.RandomKconfig;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/** Answers about small random trees against a trial of every configuration. */
class ExhaustiveRepairTest {

    private static final int TREES = 150;
    private static final int MAX_CONFIGURATIONS = 40_000;

    @Test
    void K04_what_is_possible_and_what_it_costs_agree_with_a_trial_of_every_configuration() {
        int impossible = 0;
        int possible = 0;
        for (int seed = 0; seed < TREES; seed++) {
            String text = RandomKconfig.text(new Random(seed), 4);
            Map<String, Integer> cost = tryAll(text);
            if (cost.isEmpty()) {
                continue;
            }
            ConfigurationEditor editor = Trees.editor(text);
            for (Symbol s : editor.tree().symbols()) {
                if (!s.isDefined() || s.isConstant() || s.isChoice() || !s.type().isLogical()) {
                    continue;
                }
                for (String value : s.type() == SymbolType.TRISTATE ? List.of("n", "m", "y") : List.of("n", "y")) {
                    RepairResult result = new Repairer(editor, 60_000).find(Map.of(s.name(), value), 1);
                    Integer least = cost.get(s.name() + "=" + value);
                    String what = "seed " + seed + ", " + s.name() + "=" + value + " in\n" + text;
                    if (least == null) {
                        impossible++;
                        assertThat(result.repairs()).as(what).isEmpty();
                        assertMinimal(editor.current(), Map.of(s, value), result.contradiction(), what);
                    } else {
                        possible++;
                        assertThat(result.repairs()).as(what).isNotEmpty();
                        assertThat(result.repairs().get(0).settings()).as(what).hasSize(least);
                    }
                }
            }
        }
        assertThat(impossible).isGreaterThan(100);
        assertThat(possible).isGreaterThan(500);
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
    private static Map<String, Integer> tryAll(String text) {
        ConfigurationEditor editor = Trees.editor(text);
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
