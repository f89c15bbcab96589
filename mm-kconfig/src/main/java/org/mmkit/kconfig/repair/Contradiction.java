package org.mmkit.kconfig.repair;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.repair.SatSolver.Result;

/**
 * Finds out which rules of the tree contradict wishes: a set that cannot hold together, of which every part does once
 * any one rule is left out. Confined to one thread.
 */
final class Contradiction {

    private static final long CONFLICTS = 1_000_000;

    private final SatSolver solver = new SatSolver();
    private final RuleGuards guards = new RuleGuards(solver);
    private final Map<Integer, TreeRule> asked = new LinkedHashMap<>();
    private final Set<Symbol> wished = new LinkedHashSet<>();

    /** The contradiction of {@code wishes} and of {@code kept} values with the tree of a configuration. */
    Contradiction(ResolvedConfiguration configuration, Map<Symbol, String> wishes, Map<Symbol, String> kept) {
        Map<Symbol, String> all = new LinkedHashMap<>(wishes);
        all.putAll(kept);
        KconfigFormula formula = new KconfigFormula(configuration, solver, new TextDomains(configuration, all), guards);
        wishes.forEach((s, value) -> ask(formula, s, value, new TreeRule(TreeRule.Kind.WISH, s.name(),
                s.name() + "=" + value, Optional.empty())));
        kept.forEach((s, value) -> ask(formula, s, value, new TreeRule(TreeRule.Kind.SETTING, s.name(),
                s.name() + " stays " + value, Optional.empty())));
    }

    private void ask(KconfigFormula formula, Symbol s, String value, TreeRule rule) {
        int literal = solver.newVariable(true);
        solver.addClause(-literal, Repairer.wish(formula, s, value));
        asked.put(literal, rule);
        wished.add(s);
    }

    /** The rules, wishes first; empty when there is no contradiction or it was not found in time. */
    List<TreeRule> minimal(long deadlineNanos) {
        List<Integer> core = new ArrayList<>(asked.keySet());
        core.addAll(guards.rules().keySet());
        int before;
        do {
            before = core.size();
            if (solver.solve(literals(core, -1), CONFLICTS) != Result.UNSATISFIABLE) {
                return List.of();
            }
            core = inOrder(core, solver.core());
        } while (core.size() < before);
        for (int i = core.size() - 1; i >= 0; i--) {
            if (i < core.size() && System.nanoTime() - deadlineNanos < 0
                    && solver.solve(literals(core, i), CONFLICTS) == Result.UNSATISFIABLE) {
                core = inOrder(core, solver.core());
            }
        }
        List<TreeRule> result = new ArrayList<>();
        List<Integer> rules = new ArrayList<>();
        for (int literal : core) {
            TreeRule own = asked.get(literal);
            if (own != null) {
                result.add(own);
            } else {
                rules.add(literal);
            }
        }
        result.addAll(guards.inOrder(rules, wished));
        return result;
    }

    /** Whether {@code rules} alone, without all others, leave a way; of rules that are equal all count. */
    boolean isPossible(Collection<TreeRule> rules) {
        List<Integer> assumed = new ArrayList<>();
        asked.forEach((literal, rule) -> {
            if (rules.contains(rule)) {
                assumed.add(literal);
            }
        });
        guards.rules().forEach((literal, rule) -> {
            if (rules.contains(rule)) {
                assumed.add(literal);
            }
        });
        return solver.solve(literals(assumed, -1), Long.MAX_VALUE) == Result.SATISFIABLE;
    }

    private static List<Integer> inOrder(List<Integer> all, int[] core) {
        Set<Integer> kept = new LinkedHashSet<>();
        for (int literal : core) {
            kept.add(literal);
        }
        List<Integer> result = new ArrayList<>();
        for (int literal : all) {
            if (kept.contains(literal)) {
                result.add(literal);
            }
        }
        return result;
    }

    private static int[] literals(List<Integer> core, int without) {
        int[] result = new int[core.size() - (without < 0 ? 0 : 1)];
        int n = 0;
        for (int i = 0; i < core.size(); i++) {
            if (i != without) {
                result[n++] = core.get(i);
            }
        }
        return result;
    }
}
