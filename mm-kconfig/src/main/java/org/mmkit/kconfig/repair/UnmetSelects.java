package org.mmkit.kconfig.repair;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.eval.ExprText;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprSymbols;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;
import org.mmkit.kconfig.repair.KconfigFormula.Level;
import org.mmkit.kconfig.repair.SatSolver.Result;

/**
 * Looks for configurations in which a select forces a symbol whose dependencies are not met. Each that is found has been
 * evaluated. A select is not blamed when its own symbol, or one that it depends on, is only forced against its
 * dependencies: that other select is the mistake then. Confined to one thread.
 */
public final class UnmetSelects {

    private static final long CONFLICTS = 50_000;
    private static final int MAX_CLOSURE = 400;

    private final KconfigTree tree;
    private final ConfigurationEditor editor;
    private final SatSolver solver = new SatSolver();
    private final KconfigFormula formula;

    /** A search in {@code tree}. */
    public UnmetSelects(KconfigTree tree) {
        this.tree = tree;
        this.editor = new ConfigurationEditor(tree);
        this.formula = new KconfigFormula(editor.current(), solver);
    }

    /**
     * Settings, as {@code SYMBOL=value}, of which each is needed, under which the line {@code select} of
     * {@code selector} forces its target although the target's dependencies do not allow it; empty when there are none
     * or none was found in time.
     */
    public Optional<List<String>> settings(Symbol selector, Property select) {
        Symbol target = select.valueSymbol();
        if (target == null) {
            return Optional.empty();
        }
        Formula f = formula.gates();
        Level term = min(formula.value(selector), formula.level(select.condition()));
        if (target.type() != SymbolType.TRISTATE) {
            term = new Level(term.some(), term.some());
        }
        List<Integer> assumptions = new ArrayList<>();
        assumptions.add(-atMost(term, formula.direct(target)));
        for (Symbol s : closure(selector, select)) {
            if (s != target && s.reverseDependency() != null) {
                assumptions.add(atMost(formula.reverse(s), formula.direct(s)));
            }
        }
        solver.forgetPhases();
        for (Map.Entry<Symbol, KconfigFormula.Setting> e : formula.settings().entrySet()) {
            solver.prefer(Math.abs(e.getValue().set()), 1);
        }
        int[] hard = assumptions.stream().mapToInt(Integer::intValue).toArray();
        if (hard[0] == -f.yes() || solver.solve(hard, CONFLICTS) != Result.SATISFIABLE) {
            return Optional.empty();
        }
        return proved(model(), selector, select, target);
    }

    private Level min(Level a, Level b) {
        Formula f = formula.gates();
        return new Level(f.and(a.some(), b.some()), f.and(a.full(), b.full()));
    }

    private int atMost(Level a, Level b) {
        Formula f = formula.gates();
        return f.and(f.or(-a.some(), b.some()), f.or(-a.full(), b.full()));
    }

    /** The symbols that the select's effect depends on. */
    private static Set<Symbol> closure(Symbol selector, Property select) {
        Set<Symbol> found = new LinkedHashSet<>();
        found.add(selector);
        ExprSymbols.collect(select.condition(), found);
        List<Symbol> work = new ArrayList<>(found);
        for (int i = 0; i < work.size() && i < MAX_CLOSURE; i++) {
            Set<Symbol> more = new LinkedHashSet<>();
            ExprSymbols.collect(work.get(i).directDependency(), more);
            for (Symbol s : more) {
                if (found.add(s)) {
                    work.add(s);
                }
            }
        }
        return found;
    }

    private Map<Symbol, String> model() {
        Map<Symbol, String> settings = new LinkedHashMap<>();
        formula.settings().forEach((s, setting) -> {
            if (solver.holds(setting.set())) {
                settings.put(s, solver.holds(setting.level().full()) ? "y" : solver.holds(setting.level().some()) ? "m" : "n");
            }
        });
        formula.texts().settings().forEach((s, setting) -> {
            if (solver.holds(setting.set())) {
                setting.value().forEach((text, literal) -> {
                    if (solver.holds(literal)) {
                        settings.put(s, Text.decode(text));
                    }
                });
            }
        });
        for (Map<Symbol, Integer> picks : formula.picks().values()) {
            picks.forEach((member, pick) -> {
                if (solver.holds(pick)) {
                    settings.put(member, "y");
                }
            });
        }
        return settings;
    }

    /** The settings without those that are not needed; empty when they do not do what the formula promised. */
    private Optional<List<String>> proved(Map<Symbol, String> settings, Symbol selector, Property select, Symbol target) {
        List<Symbol> kept = new ArrayList<>(settings.keySet());
        Map<Symbol, String> applied = new LinkedHashMap<>();
        if (!fires(to(kept, settings, applied), selector, select, target)) {
            to(List.of(), settings, applied);
            return Optional.empty();
        }
        for (int chunk = Math.max(1, kept.size() / 2); chunk >= 1; chunk /= 2) {
            boolean smaller = false;
            for (int start = 0; start < kept.size();) {
                List<Symbol> rest = new ArrayList<>(kept.subList(0, start));
                rest.addAll(kept.subList(Math.min(kept.size(), start + chunk), kept.size()));
                if (fires(to(rest, settings, applied), selector, select, target)) {
                    kept = rest;
                    smaller = true;
                } else {
                    start += chunk;
                }
            }
            if (chunk == 1 && smaller) {
                chunk = 2;
            }
        }
        to(List.of(), settings, applied);
        return Optional.of(kept.stream().map(s -> s.name() + "=" + settings.get(s)).toList());
    }

    /** Makes the editor have the settings of {@code wanted} and no others. */
    private ResolvedConfiguration to(List<Symbol> wanted, Map<Symbol, String> settings, Map<Symbol, String> applied) {
        ConfigurationEditor.Edit edit = editor.edit();
        Set<Symbol> set = new LinkedHashSet<>(wanted);
        for (Symbol s : List.copyOf(applied.keySet())) {
            if (!set.contains(s)) {
                edit.unset(s.name());
                applied.remove(s);
            }
        }
        for (Symbol s : wanted) {
            if (applied.putIfAbsent(s, settings.getOrDefault(s, "n")) == null) {
                edit.set(s.name(), settings.getOrDefault(s, "n"));
            }
        }
        return edit.commit();
    }

    private boolean fires(ResolvedConfiguration c, Symbol selector, Property select, Symbol target) {
        int force = Math.min(c.values().level(selector), c.level(select.condition()));
        boolean two = target.type() != SymbolType.TRISTATE || c.values().level(tree.modules()) == 0;
        return (force == 1 && two ? 2 : force) > c.values().direct(target)
                && c.values().reverse(selector) <= c.values().direct(selector);
    }

    /** The operands of the dependencies of {@code target} that {@code settings} leave below what a select asks. */
    public List<String> unmet(List<String> settings, Symbol target) {
        ConfigurationEditor copy = new ConfigurationEditor(tree);
        ConfigurationEditor.Edit edit = copy.edit();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            edit.set(setting.substring(0, equals), setting.substring(equals + 1));
        }
        ResolvedConfiguration c = edit.commit();
        List<String> result = new ArrayList<>();
        for (Expr term : ExprText.conjuncts(target.directDependency())) {
            if (c.level(term) < 2) {
                result.add(Text.decode(term.toString()));
            }
        }
        return result;
    }
}
