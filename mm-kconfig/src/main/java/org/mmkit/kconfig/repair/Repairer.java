package org.mmkit.kconfig.repair;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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
        return find(wishes, List.of(), alternatives);
    }

    /**
     * Looks for repairs that leave some symbols as they are.
     *
     * @param wishes symbols, without {@code CONFIG_}, and the values that they should have
     * @param keep symbols whose values must not change
     * @param alternatives how many repairs are wanted
     * @throws IllegalArgumentException when a symbol does not exist or a value does not fit its type
     */
    public RepairResult find(Map<String, String> wishes, Collection<String> keep, int alternatives) {
        long deadline = System.nanoTime() + timeoutNanos;
        Map<Symbol, String> wanted = check(wishes);
        Map<Symbol, String> kept = new LinkedHashMap<>();
        for (String name : keep) {
            Symbol s = find(name);
            // A number or text that no configuration file would hold has no value to keep.
            if (!wanted.containsKey(s) && (s.type().isLogical() || before.values().isWritten(s))) {
                kept.put(s, Text.decode(before.values().value(s)));
            }
        }
        Map<Symbol, String> targets = new LinkedHashMap<>(wanted);
        targets.putAll(kept);
        SatSolver solver = new SatSolver();
        KconfigFormula formula = new KconfigFormula(before, solver, new TextDomains(before, targets), null);
        int[] hard = new int[targets.size()];
        int n = 0;
        for (Map.Entry<Symbol, String> e : targets.entrySet()) {
            hard[n++] = wish(formula, e.getKey(), e.getValue());
        }
        Result possible = Result.UNKNOWN;
        while (possible == Result.UNKNOWN) {
            if (System.nanoTime() - deadline > 0) {
                return new RepairResult(List.of(), List.of(), false);
            }
            possible = solver.solve(hard, CONFLICTS_BETWEEN_LOOKS_AT_THE_CLOCK);
        }
        if (possible == Result.UNSATISFIABLE) {
            return new RepairResult(List.of(), new Contradiction(before, wanted, kept).minimal(deadline), true);
        }
        return search(formula, solver, hard, targets, alternatives, deadline);
    }

    private RepairResult search(KconfigFormula formula, SatSolver solver, int[] hard, Map<Symbol, String> targets,
            int alternatives, long deadline) {
        List<Integer> soft = new ArrayList<>();
        formula.settings().values().forEach(s -> soft.add(s.kept()));
        formula.texts().settings().values().forEach(s -> soft.add(s.kept()));
        soft.addAll(formula.keptPicks().values());
        for (int kept : soft) {
            solver.prefer(kept, 1);
        }
        FewestChanges search = new FewestChanges(formula.gates(), solver, soft);
        List<Repair> repairs = new ArrayList<>();
        boolean complete = true;
        for (int attempt = 0; attempt < MAX_ATTEMPTS && repairs.size() < alternatives; attempt++) {
            Result result = search.next(hard, deadline);
            if (result != Result.SATISFIABLE) {
                complete = result == Result.UNSATISFIABLE;
                break;
            }
            Map<Symbol, String> changes = changes(formula, solver);
            Repair repair = apply(changes, targets);
            if (repair != null && repairs.stream().noneMatch(r -> r.settings().equals(repair.settings()))) {
                repairs.add(repair);
            }
            int[] block = block(formula, solver, changes);
            if (block.length == 0) {
                break;
            }
            solver.addClause(block);
        }
        repairs.sort(Comparator.comparingInt(r -> r.settings().size()));
        return new RepairResult(repairs, List.of(), complete);
    }

    private Symbol find(String name) {
        Symbol s = editor.tree().find(name);
        if (s == null || s.isConstant() || !s.isDefined()) {
            throw new IllegalArgumentException("no Kconfig file defines " + name);
        }
        return s;
    }

    private Map<Symbol, String> check(Map<String, String> wishes) {
        Map<Symbol, String> targets = new LinkedHashMap<>();
        wishes.forEach((name, value) -> {
            Symbol s = find(name);
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

    /** The literal that says {@code s} has {@code value}. */
    static int wish(KconfigFormula formula, Symbol s, String value) {
        if (!s.type().isLogical()) {
            return formula.texts().wish(s, Text.encode(value));
        }
        Level l = formula.value(s);
        Formula f = formula.gates();
        return switch (value) {
            case "y" -> l.full();
            case "n" -> -l.some();
            default -> f.and(l.some(), -l.full());
        };
    }

    /** The settings of the model that differ from the present ones. */
    private Map<Symbol, String> changes(KconfigFormula formula, SatSolver solver) {
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
        formula.texts().settings().forEach((s, setting) -> {
            if (!solver.holds(setting.kept()) && solver.holds(setting.set())) {
                setting.value().forEach((text, literal) -> {
                    if (solver.holds(literal) && !(before.isUserSet(s) && before.userValue(s).equals(text))) {
                        changes.put(s, Text.decode(text));
                    }
                });
            }
        });
        return changes;
    }

    /** A clause that forbids making all of these changes again. */
    private static int[] block(KconfigFormula formula, SatSolver solver, Map<Symbol, String> changes) {
        List<Integer> clause = new ArrayList<>();
        for (Symbol s : changes.keySet()) {
            Setting setting = formula.settings().get(s);
            TextFormula.Setting text = formula.texts().settings().get(s);
            if (setting != null) {
                clause.add(setting.kept());
            } else if (text != null) {
                clause.add(text.kept());
            } else if (s.choiceNode() != null) {
                Integer pick = formula.picks().getOrDefault(s.choiceNode(), Map.of()).get(s);
                if (pick != null && solver.holds(pick)) {
                    clause.add(-pick);
                }
            }
        }
        return clause.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Makes the changes on a copy; null when the wishes do not come true, as may be with choices. */
    private @Nullable Repair apply(Map<Symbol, String> changes, Map<Symbol, String> targets) {
        ConfigurationEditor copy = editor.copy();
        // A range turns many numbers into the one wished for, which then is the plain answer.
        Map<Symbol, String> plain = new LinkedHashMap<>(changes);
        plain.replaceAll((s, value) -> s.type().isLogical() ? value : targets.getOrDefault(s, value));
        if (!plain.equals(changes) && holds(set(editor.copy(), plain), targets)) {
            changes.putAll(plain);
        }
        if (!holds(set(copy, changes), targets)) {
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
                copy.edit().set(s.name(), changes.getOrDefault(s, "")).commit();
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

    private static ResolvedConfiguration set(ConfigurationEditor copy, Map<Symbol, String> changes) {
        ConfigurationEditor.Edit edit = copy.edit();
        changes.forEach((s, value) -> edit.set(s.name(), value));
        return edit.commit();
    }

    private static boolean holds(ResolvedConfiguration after, Map<Symbol, String> targets) {
        for (Map.Entry<Symbol, String> e : targets.entrySet()) {
            Symbol s = e.getKey();
            if (!Text.decode(after.values().value(s)).equals(e.getValue())
                    || !s.type().isLogical() && !after.values().isWritten(s)) {
                return false;
            }
        }
        return true;
    }
}
