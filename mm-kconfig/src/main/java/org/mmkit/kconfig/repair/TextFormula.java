package org.mmkit.kconfig.repair;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.eval.Numbers;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.repair.KconfigFormula.Level;

/**
 * Numbers and texts as a formula: for each value of {@link TextDomains} a literal that holds when the symbol has it.
 * Confined to one thread.
 */
final class TextFormula {

    /**
     * The user's part in a symbol.
     *
     * @param kept holds only if the setting stays as it is
     * @param set holds when there is a setting
     * @param value for each value the literal that says the user sets it
     */
    record Setting(int kept, int set, Map<String, Integer> value) {
    }

    private final KconfigFormula formula;
    private final Formula f;
    private final ResolvedConfiguration configuration;
    private final TextDomains domains;
    private final @Nullable RuleGuards guards;
    private final Map<Symbol, Map<String, Integer>> values = new HashMap<>();
    private final Map<Symbol, Setting> settings = new LinkedHashMap<>();

    TextFormula(KconfigFormula formula, ResolvedConfiguration configuration, TextDomains domains,
            @Nullable RuleGuards guards) {
        this.formula = formula;
        this.f = formula.gates();
        this.configuration = configuration;
        this.domains = domains;
        this.guards = guards;
    }

    /** The settings that the formula has variables for. */
    Map<Symbol, Setting> settings() {
        return settings;
    }

    /** The literal that says {@code s} has {@code value} and belongs into a configuration file. */
    int wish(Symbol s, String value) {
        int has = values(s).getOrDefault(value, -f.yes());
        int written = formula.visible(s).some();
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (p.kind() == PropertyKind.DEFAULT) {
                written = f.or(written, formula.condition(s, p).some());
            }
        }
        if (guards != null && !s.hasPrompt()) {
            written = f.or(written, -guards.closed(s));
        }
        return f.and(has, written);
    }

    /** For each text that {@code s}, of any type, can have, the literal that says it has. */
    Map<String, Integer> texts(Symbol s) {
        if (TextDomains.isText(s)) {
            return values(s);
        }
        if (!s.type().isLogical() || s.isConstant() || s.isChoice()) {
            return Map.of(s.isConstant() || s.type() == SymbolType.UNKNOWN ? s.name() : "n", f.yes());
        }
        Level l = formula.value(s);
        return Map.of("n", -l.some(), "m", f.and(l.some(), -l.full()), "y", l.full());
    }

    /** The literal that says a comparison holds. */
    int comparison(Expr e) {
        int holds = -f.yes();
        for (Map.Entry<String, Integer> a : texts(e.symbol()).entrySet()) {
            for (Map.Entry<String, Integer> b : texts(e.symbol2()).entrySet()) {
                int order = Numbers.compare(a.getKey(), e.symbol().type(), b.getKey(), e.symbol2().type());
                if (e.kind().holds(order)) {
                    holds = f.or(holds, f.and(a.getValue(), b.getValue()));
                }
            }
        }
        return holds;
    }

    private Map<String, Integer> values(Symbol s) {
        Map<String, Integer> done = values.get(s);
        if (done != null) {
            return done;
        }
        values.put(s, Map.of(configuration.values().value(s), f.yes()));
        Map<String, Integer> result = compute(s);
        values.put(s, result);
        return result;
    }

    private Map<String, Integer> compute(Symbol s) {
        Map<String, Integer> own = defaults(s);
        Level visible = formula.visible(s);
        if (visible.some() != -f.yes()) {
            Setting setting = setting(s);
            own = choose(f.and(visible.some(), setting.set), setting.value, own);
        }
        if (guards != null && !s.hasPrompt()) {
            own = choose(guards.closed(s), own, oneOf(domains.settable(s), ""));
        }
        if (formula.isOpen(s)) {
            own = oneOf(domains.settable(s), configuration.values().value(s));
        }
        return s.type().isNumeric() ? clamped(s, own) : own;
    }

    private Map<String, Integer> choose(int condition, Map<String, Integer> a, Map<String, Integer> b) {
        Map<String, Integer> result = new LinkedHashMap<>();
        a.forEach((text, literal) -> result.put(text, f.choose(condition, literal, b.getOrDefault(text, -f.yes()))));
        b.forEach((text, literal) -> result.computeIfAbsent(text, t -> f.choose(condition, -f.yes(), literal)));
        result.values().removeIf(literal -> literal == -f.yes());
        return result;
    }

    private Map<String, Integer> defaults(Symbol s) {
        List<Property> properties = new ArrayList<>();
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (p.kind() == PropertyKind.DEFAULT) {
                properties.add(p);
            }
        }
        Map<String, Integer> result = Map.of(TextDomains.base(s.type()), f.yes());
        for (int i = properties.size() - 1; i >= 0; i--) {
            Property p = properties.get(i);
            Symbol value = p.valueSymbol();
            // A default that is no symbol hides those after it and gives nothing.
            Map<String, Integer> given = value == null ? Map.of(TextDomains.base(s.type()), f.yes())
                    : value.type().isLogical() && !value.isConstant() ? Map.of("n", f.yes()) : texts(value);
            int applies = formula.condition(s, p).some();
            if (guards != null) {
                applies = f.and(applies, guards.line(s, p));
            }
            result = choose(applies, given, result);
        }
        return result;
    }

    private Map<String, Integer> clamped(Symbol s, Map<String, Integer> before) {
        List<Property> ranges = new ArrayList<>();
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (p.kind() == PropertyKind.RANGE && p.value() != null) {
                ranges.add(p);
            }
        }
        Map<String, Integer> result = before;
        for (int i = ranges.size() - 1; i >= 0; i--) {
            Property p = ranges.get(i);
            Expr bounds = p.value();
            if (bounds == null) {
                continue;
            }
            int applies = formula.condition(s, p).some();
            if (guards != null) {
                applies = f.and(applies, guards.line(s, p));
            }
            result = choose(applies, within(s, before, bounds), result);
        }
        return result;
    }

    private Map<String, Integer> within(Symbol s, Map<String, Integer> before, Expr bounds) {
        int base = s.type() == SymbolType.INT ? 10 : 16;
        Map<String, Integer> result = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> low : bound(bounds.symbol()).entrySet()) {
            for (Map.Entry<String, Integer> high : bound(bounds.symbol2()).entrySet()) {
                int both = f.and(low.getValue(), high.getValue());
                long least = Numbers.leading(low.getKey(), base(bounds.symbol(), base));
                long most = Numbers.leading(high.getKey(), base(bounds.symbol2(), base));
                for (Map.Entry<String, Integer> v : before.entrySet()) {
                    long number = Numbers.leading(v.getKey(), base);
                    String text = number < least ? low.getKey() : number <= most ? v.getKey() : high.getKey();
                    result.merge(text, f.and(both, v.getValue()), f::or);
                }
            }
        }
        return result;
    }

    private Map<String, Integer> bound(Symbol bound) {
        return bound.type().isLogical() && !bound.isConstant() ? Map.of("n", f.yes()) : texts(bound);
    }

    private static int base(Symbol bound, int otherwise) {
        return bound.type() == SymbolType.INT ? 10 : bound.type() == SymbolType.HEX ? 16 : otherwise;
    }

    private Setting setting(Symbol s) {
        Setting made = settings.get(s);
        if (made != null) {
            return made;
        }
        ClauseSink solver = f.solver();
        boolean has = configuration.isUserSet(s);
        String present = has ? configuration.userValue(s) : configuration.values().value(s);
        int kept = solver.newVariable(true);
        int set = has ? f.yes() : solver.newVariable(false);
        Map<String, Integer> value = oneOf(domains.settable(s), present);
        if (has) {
            f.imply(kept, value.getOrDefault(present, -f.yes()));
        } else {
            f.imply(kept, -set);
        }
        Setting result = new Setting(kept, set, value);
        settings.put(s, result);
        return result;
    }

    /** New literals for {@code texts}, of which exactly one holds; {@code preferred} is tried first. */
    private Map<String, Integer> oneOf(Iterable<String> texts, String preferred) {
        ClauseSink solver = f.solver();
        Map<String, Integer> result = new LinkedHashMap<>();
        int before = -f.yes();
        int any = -f.yes();
        for (String text : texts) {
            int literal = solver.newVariable(text.equals(preferred));
            result.put(text, literal);
            f.imply(before, -literal);
            before = f.or(before, literal);
            any = before;
        }
        solver.addClause(any);
        return result;
    }
}
