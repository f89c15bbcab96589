package org.mmkit.kconfig.repair;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.eval.Numbers;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;
import org.mmkit.kconfig.model.ValueSyntax;

/**
 * The values of int, hex and string symbols that make a difference: those that the tree compares them with, with their
 * neighbours, bounds of ranges, defaults, and the present value. Any other value behaves as one of these.
 * Confined to one thread.
 */
final class TextDomains {

    /** A string that no tree compares with. */
    private static final String OTHER = "mm-other";

    private final ResolvedConfiguration configuration;
    private final Map<Symbol, Set<String>> compared = new HashMap<>();
    private final Map<Symbol, Set<Symbol>> comparedWith = new HashMap<>();
    private final Map<Symbol, String> wished;
    private final Map<Symbol, Set<String>> known = new HashMap<>();

    /** The domains of a configuration's tree; {@code wished} values belong to them. */
    TextDomains(ResolvedConfiguration configuration, Map<Symbol, String> wished) {
        this.configuration = configuration;
        this.wished = wished;
        KconfigTree tree = configuration.tree();
        Set<Expr> seen = new HashSet<>();
        for (Symbol s : tree.symbols()) {
            comparisons(s.directDependency(), seen);
            comparisons(s.reverseDependency(), seen);
            comparisons(s.impliedBy(), seen);
            for (Property p = s.firstProperty(); p != null; p = p.next()) {
                comparisons(p.condition(), seen);
                comparisons(p.value(), seen);
            }
        }
        MenuNode root = tree.root();
        for (MenuNode n = root.following(root); n != null; n = n.following(root)) {
            comparisons(n.dependency(), seen);
            comparisons(n.visibility(), seen);
        }
    }

    private void comparisons(@Nullable Expr start, Set<Expr> seen) {
        ArrayDeque<Expr> work = new ArrayDeque<>();
        if (start != null && seen.add(start)) {
            work.push(start);
        }
        while (!work.isEmpty()) {
            Expr e = work.pop();
            switch (e.kind()) {
                case AND, OR -> {
                    if (seen.add(e.left())) {
                        work.push(e.left());
                    }
                    if (seen.add(e.right())) {
                        work.push(e.right());
                    }
                }
                case NOT -> {
                    if (seen.add(e.left())) {
                        work.push(e.left());
                    }
                }
                default -> {
                    if (e.kind().isComparison()) {
                        compare(e.symbol(), e.symbol2());
                        compare(e.symbol2(), e.symbol());
                    }
                }
            }
        }
    }

    private void compare(Symbol s, Symbol other) {
        if (isText(s)) {
            if (isText(other)) {
                comparedWith.computeIfAbsent(s, x -> new LinkedHashSet<>()).add(other);
            } else {
                Set<String> values = compared.computeIfAbsent(s, x -> new LinkedHashSet<>());
                if (other.type().isLogical()) {
                    // A level compares with numbers as 0, 1 or 2, and with other texts as a letter.
                    values.addAll(List.of("n", "m", "y", "0", "1", "2"));
                } else {
                    values.add(other.name());
                }
            }
        }
    }

    /** Whether {@code s} is an int, hex or string symbol of the tree. */
    static boolean isText(Symbol s) {
        return !s.isConstant() && !s.isChoice() && s.type() != SymbolType.UNKNOWN && !s.type().isLogical();
    }

    /** The values of {@code s} that make a difference. */
    Set<String> of(Symbol s) {
        Set<String> cached = known.get(s);
        if (cached == null) {
            Set<String> values = new LinkedHashSet<>();
            collect(s, values, new HashSet<>());
            if (s.type() == SymbolType.STRING && s.hasPrompt()) {
                values.add(OTHER);
            }
            cached = values;
            known.put(s, values);
        }
        return cached;
    }

    /** The values of {@code s} that a user can set. */
    Set<String> settable(Symbol s) {
        Set<String> result = new LinkedHashSet<>();
        for (String v : of(s)) {
            if (ValueSyntax.isValid(s.type(), v)) {
                result.add(v);
            }
        }
        return result;
    }

    private void collect(Symbol s, Set<String> values, Set<Symbol> visited) {
        if (!visited.add(s)) {
            return;
        }
        values.add(base(s.type()));
        values.add(configuration.values().value(s));
        if (configuration.isUserSet(s)) {
            values.add(configuration.userValue(s));
        }
        String wish = wished.get(s);
        if (wish != null) {
            values.add(Text.encode(wish));
        }
        Set<String> own = new LinkedHashSet<>(compared.getOrDefault(s, Set.of()));
        for (Symbol other : comparedWith.getOrDefault(s, Set.of())) {
            collect(other, own, visited);
        }
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            Expr e = p.value();
            if (e != null && p.kind() == PropertyKind.DEFAULT && p.valueSymbol() != null) {
                source(e.symbol(), values, visited);
            } else if (e != null && p.kind() == PropertyKind.RANGE) {
                source(e.symbol(), own, visited);
                source(e.symbol2(), own, visited);
            }
        }
        values.addAll(own);
        if (s.type().isNumeric()) {
            int radix = s.type() == SymbolType.HEX ? 16 : 10;
            for (String v : own) {
                long number = Numbers.leading(v, radix);
                for (long near = number - 1; near <= number + 1; near++) {
                    values.add(radix == 10 ? String.valueOf(near) : "0x" + Long.toHexString(near));
                }
            }
        }
    }

    private void source(Symbol value, Set<String> values, Set<Symbol> visited) {
        if (isText(value)) {
            collect(value, values, visited);
        } else {
            values.add(value.type().isLogical() && !value.isConstant() ? "n" : value.name());
        }
    }

    /** The value of a symbol without settings or defaults. */
    static String base(SymbolType type) {
        return type == SymbolType.INT ? "0" : type == SymbolType.HEX ? "0x0" : "";
    }
}
