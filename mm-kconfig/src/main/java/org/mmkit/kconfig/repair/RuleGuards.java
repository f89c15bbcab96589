package org.mmkit.kconfig.repair;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.eval.ExprText;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprSymbols;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.SourcePosition;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;

/**
 * A literal for each rule of the tree: while it is assumed the rule holds, and without it the rule may be broken, so
 * that the solver can tell which rules a contradiction needs. Confined to one thread.
 */
final class RuleGuards {

    private record Key(Object subject, Object place) {
    }

    private record Place(SourcePosition position, MenuNode node, boolean ofBlock) {
    }

    private final ClauseSink solver;
    private final Map<Key, Integer> literals = new HashMap<>();
    private final Map<Integer, TreeRule> rules = new LinkedHashMap<>();
    private final Map<Integer, Set<Symbol>> owners = new HashMap<>();
    private final Map<Integer, Set<Symbol>> mentioned = new HashMap<>();

    RuleGuards(ClauseSink solver) {
        this.solver = solver;
    }

    /** Every rule by its literal. */
    Map<Integer, TreeRule> rules() {
        return rules;
    }

    private int guard(Key key, @Nullable Symbol owner, TreeRule rule, Set<Symbol> reads) {
        Integer known = literals.get(key);
        if (known == null) {
            int created = solver.newVariable(true);
            known = created;
            literals.put(key, created);
            rules.put(created, rule);
            mentioned.put(created, reads);
            owners.put(created, new LinkedHashSet<>());
        }
        if (owner != null) {
            Set<Symbol> of = owners.get(known);
            if (of != null) {
                of.add(owner);
            }
        }
        return known;
    }

    /** The rule that {@code term} must hold, as a condition or value of {@code p} of {@code owner}. */
    int term(Symbol owner, Property p, Expr term, boolean isValue) {
        Place place = isValue ? new Place(p.position(), p.node(), false) : place(p, term);
        String printed = Text.decode(term.toString());
        String text = place.ofBlock ? "everything here, " + owner.name() + " among it, depends on " + printed
                : isValue ? owner.name() + " is by default " + printed
                : p.isPrompt() ? owner.name() + " depends on " + printed
                : "a " + p.kind().name().toLowerCase(Locale.ROOT) + " of " + owner.name() + " needs " + printed;
        Set<Symbol> reads = new LinkedHashSet<>();
        ExprSymbols.collect(term, reads);
        return guard(new Key(term, isValue ? p : place.position), owner, new TreeRule(TreeRule.Kind.TERM,
                place.ofBlock ? "" : owner.name(), text, Optional.of(place.position)), reads);
    }

    /** Where {@code term} was written: in the definition of {@code p} or a block around it. */
    private static Place place(Property p, Expr term) {
        Set<Symbol> symbols = new LinkedHashSet<>();
        ExprSymbols.collect(term, symbols);
        Place similar = null;
        for (MenuNode n = p.node(); n != null; n = n.block()) {
            boolean ofBlock = n != p.node();
            for (MenuNode.Dependency d : n.written()) {
                SourcePosition at = new SourcePosition(n.file(), d.line());
                if (ExprText.conjuncts(d.condition()).contains(term)) {
                    return new Place(at, n, ofBlock);
                }
                Set<Symbol> there = new LinkedHashSet<>();
                ExprSymbols.collect(d.condition(), there);
                if (similar == null && !symbols.isEmpty() && there.containsAll(symbols)) {
                    similar = new Place(at, n, ofBlock);
                }
            }
            Set<Symbol> visible = new LinkedHashSet<>();
            ExprSymbols.collect(n.visibility(), visible);
            if (ofBlock && similar == null && visible.containsAll(symbols) && !visible.isEmpty()) {
                similar = new Place(n.position(), n, true);
            }
        }
        return similar != null ? similar : new Place(p.position(), p.node(), false);
    }

    /** The rule that the line of {@code p}, a default or range, counts. */
    int line(Symbol owner, Property p) {
        String value = p.value() == null ? "" : " " + Text.decode(p.value().toString());
        boolean range = p.kind() == PropertyKind.RANGE;
        if (range && p.value() != null) {
            value = " " + Text.decode(p.value().symbol().name() + " " + p.value().symbol2().name());
        }
        Set<Symbol> reads = new LinkedHashSet<>();
        ExprSymbols.collect(p.value(), reads);
        return guard(new Key(p, "line"), owner, new TreeRule(range ? TreeRule.Kind.RANGE : TreeRule.Kind.DEFAULT,
                owner.name(), owner.name() + " has the " + (range ? "range" : "default") + value, Optional.of(p.position())),
                reads);
    }

    /** The rule that a select of {@code target} by {@code selector} counts; {@code line} is null when it was not found. */
    int select(Symbol target, Symbol selector, Expr term, @Nullable Property line) {
        return guard(new Key(term, target), target, new TreeRule(TreeRule.Kind.SELECT, target.name(),
                selector.name() + " selects " + target.name(), Optional.ofNullable(line).map(Property::position)),
                Set.of(selector));
    }

    /** The line of {@code selector} that makes the operand {@code term} of what selects {@code target}. */
    static @Nullable Property selectLine(Symbol target, Symbol selector, Expr term) {
        Property found = null;
        List<Expr> conditions = ExprText.conjuncts(term);
        for (Property p = selector.firstProperty(); p != null; p = p.next()) {
            if (p.kind() == PropertyKind.SELECT && p.valueSymbol() == target
                    && (found == null || conditions.containsAll(ExprText.conjuncts(p.condition())))) {
                found = p;
            }
        }
        return found;
    }

    /** The rule that nothing but defaults and selects decide a symbol without a prompt, or n an undefined one. */
    int closed(Symbol s) {
        if (s.type() == SymbolType.UNKNOWN || !s.isDefined()) {
            return guard(new Key(s, "undefined"), s, new TreeRule(TreeRule.Kind.UNDEFINED, s.name(),
                    "no Kconfig file defines " + s.name(), Optional.empty()), Set.of());
        }
        boolean defaults = false;
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            defaults |= p.kind() == PropertyKind.DEFAULT;
        }
        boolean selects = s.reverseDependency() != null || s.impliedBy() != null;
        Set<Symbol> reads = new LinkedHashSet<>();
        ExprSymbols.collect(s.reverseDependency(), reads);
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            ExprSymbols.collect(p.value(), reads);
            ExprSymbols.collect(p.condition(), reads);
        }
        return guard(new Key(s, "closed"), s, new TreeRule(TreeRule.Kind.NO_PROMPT, s.name(), s.name() + " has no prompt"
                + (defaults && selects ? ": only its defaults and selects decide"
                        : defaults ? ": only its defaults decide" : selects ? ": only selects decide"
                        : ", no default, and nothing selects it"), Optional.of(s.nodes().get(0).position())), reads);
    }

    /** The rule that a choice picks exactly one member. */
    int choice(MenuNode choice) {
        Property p = choice.prompt();
        return guard(new Key(choice, "choice"), null, new TreeRule(TreeRule.Kind.CHOICE, "", "the choice"
                + (p == null ? "" : " \"" + Text.decode(p.text()) + "\"") + " picks one member",
                Optional.of(choice.position())), Set.copyOf(choice.members()));
    }

    /** The rules of {@code core}, each after one that leads to it from {@code wished} where there is one. */
    List<TreeRule> inOrder(List<Integer> core, Set<Symbol> wished) {
        List<TreeRule> result = new ArrayList<>();
        List<Integer> left = new ArrayList<>(core);
        Set<Symbol> reached = new LinkedHashSet<>(wished);
        while (!left.isEmpty()) {
            int next = -1;
            for (int i = 0; i < left.size() && next < 0; i++) {
                Set<Symbol> of = owners.getOrDefault(left.get(i), Set.of());
                Set<Symbol> reads = mentioned.getOrDefault(left.get(i), Set.of());
                if (of.stream().anyMatch(reached::contains) || of.isEmpty() && reads.stream().anyMatch(reached::contains)) {
                    next = i;
                }
            }
            int literal = left.remove(Math.max(0, next));
            TreeRule rule = rules.get(literal);
            if (rule != null) {
                result.add(rule);
            }
            reached.addAll(mentioned.getOrDefault(literal, Set.of()));
        }
        return result;
    }
}
