package org.mmkit.kconfig.repair;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;
import org.mmkit.kconfig.model.ValueSyntax;
import org.mmkit.kconfig.repair.KconfigFormula.Level;
import org.mmkit.kconfig.repair.KconfigFormula.Setting;
import org.mmkit.kconfig.repair.SatSolver.Result;

/**
 * Finds the fewest changes of settings that give symbols wished values. Confined to one thread; the editor that it is
 * given is not changed.
 */
public final class Repairer {

    private static final int MAX_ATTEMPTS = 40;
    private static final long CONFLICTS_BETWEEN_LOOKS_AT_THE_CLOCK = 20_000;

    private final ConfigurationEditor editor;
    private final ResolvedConfiguration before;
    private final long timeoutNanos;

    /**
     * A repairer of the present configuration of {@code editor}.
     *
     * @param timeoutMillis when to give up
     */
    public Repairer(ConfigurationEditor editor, long timeoutMillis) {
        this.editor = editor;
        this.before = editor.current();
        this.timeoutNanos = timeoutMillis * 1_000_000;
    }

    /**
     * Looks for repairs.
     *
     * @param wishes symbols, without {@code CONFIG_}, and the values that they should have
     * @param alternatives how many repairs are wanted
     * @throws IllegalArgumentException when a symbol does not exist or a value does not fit its type
     */
    public RepairResult find(Map<String, String> wishes, int alternatives) {
        long deadline = System.nanoTime() + timeoutNanos;
        Map<Symbol, String> targets = check(wishes);
        SatSolver solver = new SatSolver();
        KconfigFormula formula = new KconfigFormula(before, solver);
        int[] hard = new int[targets.size()];
        List<Symbol> order = new ArrayList<>(targets.keySet());
        for (int i = 0; i < hard.length; i++) {
            hard[i] = wish(formula, order.get(i), targets.getOrDefault(order.get(i), ""));
        }
        Result possible = Result.UNKNOWN;
        while (possible == Result.UNKNOWN) {
            if (System.nanoTime() - deadline > 0) {
                return new RepairResult(List.of(), List.of(), false);
            }
            possible = solver.solve(hard, CONFLICTS_BETWEEN_LOOKS_AT_THE_CLOCK);
        }
        if (possible == Result.UNSATISFIABLE) {
            return new RepairResult(List.of(), contradiction(solver, hard, order, targets), true);
        }
        List<Integer> wanted = new ArrayList<>();
        formula.settings().values().forEach(s -> wanted.add(s.kept()));
        wanted.addAll(formula.keptPicks().values());
        for (int kept : wanted) {
            solver.prefer(kept, 1);
        }
        FewestChanges search = new FewestChanges(formula.gates(), wanted);
        List<Repair> repairs = new ArrayList<>();
        for (int attempt = 0; attempt < MAX_ATTEMPTS && repairs.size() < alternatives; attempt++) {
            Result result = search.next(hard, deadline);
            if (result != Result.SATISFIABLE) {
                return new RepairResult(repairs, List.of(), result == Result.UNSATISFIABLE);
            }
            Map<Symbol, String> changes = changes(formula, solver, targets);
            int[] block = block(formula, solver, changes);
            Repair repair = apply(changes, targets);
            if (repair != null && repairs.stream().noneMatch(r -> r.settings().equals(repair.settings()))) {
                repairs.add(repair);
            }
            if (block.length == 0) {
                break;
            }
            solver.addClause(block);
        }
        return new RepairResult(repairs, List.of(), true);
    }

    private Map<Symbol, String> check(Map<String, String> wishes) {
        Map<Symbol, String> targets = new LinkedHashMap<>();
        wishes.forEach((name, value) -> {
            Symbol s = editor.tree().find(name);
            if (s == null || s.isConstant() || !s.isDefined()) {
                throw new IllegalArgumentException("no Kconfig file defines " + name);
            }
            boolean valid = s.type().isLogical() ? value.equals("y") || value.equals("n")
                    || value.equals("m") && s.type() == SymbolType.TRISTATE
                    : ValueSyntax.isValid(s.type(), Text.encode(value));
            if (!valid) {
                throw new IllegalArgumentException("'" + value + "' is no value of " + name + ", which is "
                        + s.type().keyword());
            }
            targets.put(s, value);
        });
        return targets;
    }

    private static int wish(KconfigFormula formula, Symbol s, String value) {
        if (!s.type().isLogical()) {
            return formula.visible(s).some();
        }
        Level l = formula.value(s);
        Formula f = formula.gates();
        return switch (value) {
            case "y" -> l.full();
            case "n" -> -l.some();
            default -> f.and(l.some(), -l.full());
        };
    }

    private static List<String> contradiction(SatSolver solver, int[] hard, List<Symbol> order,
            Map<Symbol, String> targets) {
        List<Integer> core = new ArrayList<>();
        for (int i = 0; i < hard.length; i++) {
            core.add(i);
        }
        for (int drop = hard.length - 1; drop >= 0 && core.size() > 1; drop--) {
            int dropped = drop;
            int[] rest = core.stream().filter(i -> i != dropped).mapToInt(i -> hard[i]).toArray();
            if (solver.solve(rest, 1_000_000) == Result.UNSATISFIABLE) {
                core.removeIf(i -> i == dropped);
            }
        }
        List<String> result = new ArrayList<>();
        for (int i : core) {
            result.add(order.get(i).name() + "=" + targets.get(order.get(i)));
        }
        return result;
    }

    /** The settings of the model that differ from the present ones. */
    private Map<Symbol, String> changes(KconfigFormula formula, SatSolver solver, Map<Symbol, String> targets) {
        Map<Symbol, String> changes = new LinkedHashMap<>();
        for (Map.Entry<Symbol, Setting> e : formula.settings().entrySet()) {
            Setting s = e.getValue();
            if (!solver.holds(s.kept()) && solver.holds(s.set())) {
                String value = solver.holds(s.level().full()) ? "y" : solver.holds(s.level().some()) ? "m" : "n";
                if (!before.isUserSet(e.getKey()) || !before.userValue(e.getKey()).equals(value)) {
                    changes.put(e.getKey(), value);
                }
            }
        }
        for (Map.Entry<MenuNode, Map<Symbol, Integer>> choice : formula.picks().entrySet()) {
            choice.getValue().forEach((member, pick) -> {
                if (solver.holds(pick) && before.values().level(member) != 2) {
                    changes.put(member, "y");
                }
            });
        }
        targets.forEach((s, value) -> {
            if (!s.type().isLogical()) {
                changes.put(s, value);
            }
        });
        return changes;
    }

    /** A clause that forbids making all of these changes again. */
    private static int[] block(KconfigFormula formula, SatSolver solver, Map<Symbol, String> changes) {
        List<Integer> clause = new ArrayList<>();
        for (Symbol s : changes.keySet()) {
            Setting setting = formula.settings().get(s);
            if (setting != null) {
                clause.add(setting.kept());
            } else if (s.choiceNode() != null) {
                Integer pick = formula.picks().getOrDefault(s.choiceNode(), Map.of()).get(s);
                if (pick != null && solver.holds(pick)) {
                    clause.add(-pick);
                }
            }
        }
        return clause.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Makes the changes on a copy; null when the wishes do not come true, as may be with numbers and choices. */
    private @Nullable Repair apply(Map<Symbol, String> changes, Map<Symbol, String> targets) {
        ConfigurationEditor copy = editor.copy();
        ConfigurationEditor.Edit edit = copy.edit();
        changes.forEach((s, value) -> edit.set(s.name(), Text.decode(value)));
        if (!holds(edit.commit(), targets)) {
            return null;
        }
        // A choice that comes to light picks by itself what the model may have picked for it.
        for (Symbol s : List.copyOf(changes.keySet())) {
            ConfigurationEditor.Edit without = copy.edit();
            if (before.isUserSet(s)) {
                without.set(s.name(), Text.decode(before.userValue(s)));
            } else {
                without.unset(s.name());
            }
            if (holds(without.commit(), targets)) {
                changes.remove(s);
            } else {
                copy.edit().set(s.name(), Text.decode(changes.getOrDefault(s, ""))).commit();
            }
        }
        ResolvedConfiguration after = copy.current();
        if (!holds(after, targets)) {
            return null;
        }
        List<Repair.Setting> settings = new ArrayList<>();
        changes.forEach((s, value) -> settings.add(new Repair.Setting(s.name(),
                Text.decode(before.values().value(s)), value)));
        List<Repair.Setting> effects = new ArrayList<>();
        for (Symbol s : editor.tree().symbols()) {
            String old = before.values().value(s);
            String now = after.values().value(s);
            if (!s.isChoice() && s.isDefined() && !old.equals(now)) {
                effects.add(new Repair.Setting(s.name(), Text.decode(old), Text.decode(now)));
            }
        }
        return new Repair(settings, effects);
    }

    private static boolean holds(ResolvedConfiguration after, Map<Symbol, String> targets) {
        for (Map.Entry<Symbol, String> e : targets.entrySet()) {
            if (!Text.decode(after.values().value(e.getKey())).equals(e.getValue())) {
                return false;
            }
        }
        return true;
    }
}
