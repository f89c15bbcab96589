package org.mmkit.kconfig.repair;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.eval.ExprText;
import org.mmkit.kconfig.model.Depth;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/**
 * The rules of the language as a formula, for the symbols that are asked for and everything that they read.
 *
 * <p>A level is a pair of literals: at least m, and y. A symbol with a prompt has variables for the user's setting and
 * a literal that says the setting stays as it is. Numbers and texts are those of {@link TextDomains}, and a choice picks
 * freely among its visible members, as a user may.
 * Confined to one thread.
 */
final class KconfigFormula {

    /**
     * A truth value of three.
     *
     * @param some holds when it is m or y
     * @param full holds when it is y
     */
    record Level(int some, int full) {
    }

    /**
     * The user's part in a symbol.
     *
     * @param kept holds only if the setting stays as it is
     * @param set holds when there is a setting
     * @param level the setting
     */
    record Setting(int kept, int set, Level level) {
    }

    private final KconfigTree tree;
    private final ResolvedConfiguration configuration;
    private final Formula f;
    private final Level no;
    private final Level yes;
    private final Map<Symbol, Level> values = new HashMap<>();
    private final Map<Expr, Level> levels = new HashMap<>();
    private final Map<Symbol, Setting> settings = new LinkedHashMap<>();
    private final Map<MenuNode, Map<Symbol, Integer>> picks = new LinkedHashMap<>();
    private final Map<Symbol, Integer> keptPicks = new LinkedHashMap<>();
    private final Depth depth = new Depth();
    private final @Nullable RuleGuards guards;
    private final TextFormula texts;
    private Predicate<Symbol> open = s -> false;

    KconfigFormula(ResolvedConfiguration configuration, ClauseSink solver) {
        this(configuration, solver, new TextDomains(configuration, Map.of()), null);
    }

    /** A formula whose rules hold only where {@code guards} are assumed; all hold without guards. */
    KconfigFormula(ResolvedConfiguration configuration, ClauseSink solver, TextDomains domains,
            @Nullable RuleGuards guards) {
        this.tree = configuration.tree();
        this.configuration = configuration;
        this.f = new Formula(solver);
        this.no = new Level(-f.yes(), -f.yes());
        this.yes = new Level(f.yes(), f.yes());
        this.guards = guards;
        this.texts = new TextFormula(this, configuration, domains, guards);
    }

    /** Lets some symbols have any value; before anything is asked. */
    void setOpen(Predicate<Symbol> newOpen) {
        open = newOpen;
    }

    boolean isOpen(Symbol s) {
        return open.test(s);
    }

    /** The numbers and texts. */
    TextFormula texts() {
        return texts;
    }

    Formula gates() {
        return f;
    }

    /** The settings that the formula has variables for. */
    Map<Symbol, Setting> settings() {
        return settings;
    }

    /** The members of choices with the literal that says the choice picks them. */
    Map<MenuNode, Map<Symbol, Integer>> picks() {
        return picks;
    }

    /** For each present pick of a choice without modes, the literal that says it stays. */
    Map<Symbol, Integer> keptPicks() {
        return keptPicks;
    }

    private Level constant(int level) {
        return level == 0 ? no : level == 2 ? yes : new Level(f.yes(), -f.yes());
    }

    private Level min(Level a, Level b) {
        return new Level(f.and(a.some, b.some), f.and(a.full, b.full));
    }

    private Level max(Level a, Level b) {
        return new Level(f.or(a.some, b.some), f.or(a.full, b.full));
    }

    private Level choose(int condition, Level a, Level b) {
        return new Level(f.choose(condition, a.some, b.some), f.choose(condition, a.full, b.full));
    }

    /** m counts as y for a bool, and for a tristate without modules. */
    private Level raised(Symbol s, Level l) {
        if (s.type() != SymbolType.TRISTATE) {
            return new Level(l.some, l.some);
        }
        int modules = value(tree.modules()).some;
        return new Level(l.some, f.or(l.full, f.and(l.some, -modules)));
    }

    /** The level of an expression; null is y. */
    Level level(@Nullable Expr e) {
        if (e == null) {
            return yes;
        }
        Level known = levels.get(e);
        if (known != null) {
            return known;
        }
        Level[] result = new Level[1];
        if (depth.enter()) {
            depth.hop(() -> result[0] = compute(e));
        } else {
            result[0] = compute(e);
        }
        depth.leave();
        levels.put(e, result[0]);
        return result[0];
    }

    private Level compute(Expr e) {
        return switch (e.kind()) {
            case SYMBOL -> value(e.symbol());
            case AND -> min(level(e.left()), level(e.right()));
            case OR -> max(level(e.left()), level(e.right()));
            case NOT -> {
                Level l = level(e.left());
                yield new Level(-l.full, -l.some);
            }
            case RANGE -> no;
            default -> comparison(e);
        };
    }

    private Level comparison(Expr e) {
        if (!e.symbol().type().isLogical() || !e.symbol2().type().isLogical()) {
            int holds = texts.comparison(e);
            return new Level(holds, holds);
        }
        Level a = value(e.symbol());
        Level b = value(e.symbol2());
        int equal = f.and(f.same(a.some, b.some), f.same(a.full, b.full));
        int less = f.or(f.and(-a.some, b.some), f.and(-a.full, b.full));
        int holds = switch (e.kind()) {
            case EQUAL -> equal;
            case UNEQUAL -> -equal;
            case LESS -> less;
            case LESS_EQUAL -> f.or(less, equal);
            case GREATER -> -f.or(less, equal);
            default -> -less;
        };
        return new Level(holds, holds);
    }

    /** The level that a symbol has; n for one that is no bool or tristate. */
    Level value(Symbol s) {
        if (s.isConstant()) {
            return constant(configuration.values().level(s));
        }
        if (s.isTransitional() || s.isChoice() && !tree.hasClassicChoices()) {
            return constant(s.type().isLogical() && !s.isChoice() ? configuration.values().level(s) : 0);
        }
        Level known = values.get(s);
        if (known != null) {
            return known;
        }
        if (!s.type().isLogical()) {
            boolean undefined = s.type() == SymbolType.UNKNOWN;
            Level nothing = undefined && open.test(s) ? anything(true)
                    : undefined && guards != null ? choose(guards.closed(s), no, anything(true)) : no;
            values.put(s, nothing);
            return nothing;
        }
        // What a cycle through ranges or the like would read.
        values.put(s, constant(configuration.values().level(s)));
        Level[] result = new Level[1];
        if (depth.enter()) {
            depth.hop(() -> result[0] = compute(s));
        } else {
            result[0] = compute(s);
        }
        depth.leave();
        values.put(s, result[0]);
        return result[0];
    }

    /** The greatest level that the user can set. */
    Level visible(Symbol s) {
        Level v = no;
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (p.isPrompt()) {
                v = max(v, condition(s, p));
            }
        }
        Symbol mode = s.type() == SymbolType.TRISTATE ? classicChoice(s) : null;
        if (mode != null) {
            // Where one member is to be y, those that can only be m are hidden.
            v = new Level(f.and(v.some, f.or(v.full, -value(mode).full)), v.full);
        }
        return raised(s, v);
    }

    /** The choice that {@code member} belongs to if choices have modes (before Linux 6.9), else null. */
    private @Nullable Symbol classicChoice(Symbol member) {
        MenuNode choice = member.choiceNode();
        return choice != null && tree.hasClassicChoices() ? choice.symbol() : null;
    }

    /** The level of the condition of a property of {@code s}. */
    Level condition(Symbol s, Property p) {
        return guards == null ? level(p.condition()) : guarded(s, p, p.condition(), false);
    }

    private Level guarded(Symbol s, Property p, @Nullable Expr e, boolean isValue) {
        Level result = yes;
        for (Expr term : ExprText.conjuncts(e)) {
            Level l = level(term);
            if (guards != null && term.symbol() != tree.yes()) {
                int g = guards.term(s, p, term, isValue);
                l = new Level(f.or(l.some, -g), f.or(l.full, -g));
            }
            result = min(result, l);
        }
        return result;
    }

    private Level anything(boolean three) {
        int some = f.solver().newVariable(false);
        int full = three ? f.solver().newVariable(false) : some;
        f.imply(full, some);
        return new Level(some, full);
    }

    /** What selects force {@code s} to. */
    Level reverse(Symbol s) {
        if (guards == null) {
            return s.reverseDependency() == null ? no : raised(s, level(s.reverseDependency()));
        }
        Level result = no;
        for (Expr term : ExprText.terms(s.reverseDependency())) {
            List<Expr> parts = ExprText.conjuncts(term);
            Symbol selector = parts.get(0).symbol();
            Property line = RuleGuards.selectLine(s, selector, term);
            Level l = level(parts.get(0));
            for (Expr condition : parts.subList(1, parts.size())) {
                l = min(l, line == null ? level(condition) : guarded(selector, line, condition, false));
            }
            int g = guards.select(s, selector, term, line);
            result = max(result, new Level(f.and(l.some, g), f.and(l.full, g)));
        }
        return raised(s, result);
    }

    /** The level of the symbol's own dependencies. */
    Level direct(Symbol s) {
        return raised(s, level(s.directDependency()));
    }

    private Level compute(Symbol s) {
        if (s.isChoice()) {
            return mode(s);
        }
        MenuNode choice = s.choiceNode();
        if (choice == null) {
            return unpicked(s);
        }
        int pick = picksOf(choice).getOrDefault(s, -f.yes());
        Level picked = new Level(pick, pick);
        return tree.hasClassicChoices() ? choose(visible(s).full, picked, unpicked(s)) : picked;
    }

    /** The mode of a choice: y for one member, m for any number of modules, n for none. The settings of its members make it. */
    private Level mode(Symbol choice) {
        Level own = no;
        MenuNode node = choice.firstNode();
        for (Symbol member : node == null ? List.<Symbol>of() : node.members()) {
            own = max(own, wanted(member));
        }
        own = min(own, visible(choice));
        return raised(choice, choice.reverseDependency() == null ? own : max(own, level(choice.reverseDependency())));
    }

    /** What the user sets {@code s} to, n without a setting. */
    private Level wanted(Symbol s) {
        Setting setting = setting(s);
        return new Level(f.and(setting.set, setting.level.some), f.and(setting.set, setting.level.full));
    }

    private Level unpicked(Symbol s) {
        Level visible = visible(s);
        Level reverse = reverse(s);
        Level own = defaults(s);
        if (s.impliedBy() != null) {
            Level implied = raised(s, level(s.impliedBy()));
            Level direct = direct(s);
            own = choose(implied.some, min(max(own, implied), direct), own);
        }
        if (visible.some != -f.yes()) {
            Setting setting = setting(s);
            own = choose(f.and(visible.some, setting.set), min(setting.level, visible), own);
        }
        if (guards != null && !s.hasPrompt()) {
            own = choose(guards.closed(s), own, anything(s.type() == SymbolType.TRISTATE));
        }
        if (open.test(s)) {
            own = anything(s.type() == SymbolType.TRISTATE);
        }
        return raised(s, max(own, reverse));
    }

    private Level defaults(Symbol s) {
        List<Property> properties = new ArrayList<>();
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (p.kind() == PropertyKind.DEFAULT) {
                properties.add(p);
            }
        }
        Level result = no;
        for (int i = properties.size() - 1; i >= 0; i--) {
            Property p = properties.get(i);
            Level condition = condition(s, p);
            Level value = guards == null ? level(p.value()) : guarded(s, p, p.value(), true);
            int applies = guards == null ? condition.some : f.and(condition.some, guards.line(s, p));
            result = choose(applies, min(value, condition), result);
        }
        return result;
    }

    private Setting setting(Symbol s) {
        Setting known = settings.get(s);
        if (known != null) {
            return known;
        }
        ClauseSink solver = f.solver();
        boolean has = configuration.isUserSet(s);
        int present = has ? "nmy".indexOf(configuration.userValue(s)) : 0;
        int kept = solver.newVariable(true);
        int set = has ? f.yes() : solver.newVariable(false);
        int some = solver.newVariable(has ? present > 0 : configuration.values().level(s) > 0);
        int full = s.type() == SymbolType.BOOL ? some
                : solver.newVariable(has ? present == 2 : configuration.values().level(s) == 2);
        f.imply(full, some);
        if (has) {
            f.imply(kept, present > 0 ? some : -some);
            f.imply(kept, present == 2 ? full : -full);
        } else {
            f.imply(kept, -set);
        }
        Setting result = new Setting(kept, set, new Level(some, full));
        settings.put(s, result);
        return result;
    }

    private Map<Symbol, Integer> picksOf(MenuNode choice) {
        Map<Symbol, Integer> known = picks.get(choice);
        if (known != null) {
            return known;
        }
        ClauseSink solver = f.solver();
        int one = guards == null ? f.yes() : guards.choice(choice);
        Map<Symbol, Integer> result = new LinkedHashMap<>();
        for (MenuNode m = choice.following(choice); m != null; m = m.following(choice)) {
            Symbol s = m.symbol();
            if (s != null && !result.containsKey(s)) {
                result.put(s, solver.newVariable(configuration.values().level(s) == 2));
            }
        }
        picks.put(choice, result);
        List<Symbol> members = new ArrayList<>(result.keySet());
        int[] any = new int[members.size()];
        for (int i = 0; i < members.size(); i++) {
            Symbol s = members.get(i);
            int pick = Objects.requireNonNull(result.get(s));
            any[i] = pick;
            f.imply(pick, pickable(s));
            for (int k = 0; k < i; k++) {
                solver.addClause(-pick, -any[k], -one);
            }
            boolean isPicked = configuration.values().level(s) == 2;
            if (isPicked && !tree.hasClassicChoices()) {
                int kept = solver.newVariable(true);
                f.imply(kept, pick);
                keptPicks.put(s, kept);
            } else if (!isPicked && tree.hasClassicChoices()) {
                f.imply(pick, wanted(s).full);
            }
        }
        Symbol knot = choice.symbol();
        if (knot != null && knot.isOptional() && !tree.hasClassicChoices()) {
            return result;
        }
        for (Symbol s : members) {
            // A choice with a visible member picks one.
            int[] clause = new int[any.length + 2];
            System.arraycopy(any, 0, clause, 0, any.length);
            clause[any.length] = -pickable(s);
            clause[any.length + 1] = -one;
            solver.addClause(clause);
        }
        return result;
    }

    /** Whether a choice could pick {@code s}. */
    private int pickable(Symbol s) {
        Symbol choice = classicChoice(s);
        return choice == null ? visible(s).some : f.and(value(choice).full, visible(s).full);
    }
}
