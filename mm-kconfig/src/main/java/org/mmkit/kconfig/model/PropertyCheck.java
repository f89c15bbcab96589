package org.mmkit.kconfig.model;

import org.jspecify.annotations.Nullable;

/** Warns of properties that do not fit the type of their symbol. */
final class PropertyCheck {

    private final Diagnostic.Sink sink;
    private final boolean classic;

    PropertyCheck(Diagnostic.Sink sink, boolean classic) {
        this.classic = classic;
        this.sink = sink;
    }

    void check(MenuNode node, Symbol symbol) {
        if (symbol.type == SymbolType.UNKNOWN) {
            sink.report(Diagnostic.warning(node.file, node.line, "config symbol defined without type"));
        }
        if (classic && symbol.choice && node.prompt == null) {
            sink.report(Diagnostic.warning(node.file, node.line, "choice must have a prompt"));
        }
        for (Property p = symbol.firstProperty; p != null; p = p.next) {
            switch (p.kind) {
                case DEFAULT -> checkDefault(p, symbol);
                case SELECT -> checkTarget(p, symbol, "select");
                case IMPLY -> checkTarget(p, symbol, "imply");
                case RANGE -> checkRange(p, symbol);
                default -> {
                }
            }
        }
    }

    private void checkDefault(Property p, Symbol symbol) {
        Symbol value = p.valueSymbol();
        if (value == null) {
            if (!symbol.type.isLogical() && symbol.type != SymbolType.UNKNOWN) {
                warn(p, "default for config symbol '" + symbol.name + "' must be a single symbol");
            }
            return;
        }
        if (symbol.type.isNumeric() && !isNumber(symbol, value)) {
            warn(p, "'" + symbol.name + "': number is invalid");
        }
        if (symbol.choice) {
            MenuNode choice = classic ? value.memberOf : TreeBuilder.enclosingChoice(value);
            if (choice == null || choice.symbol != symbol) {
                warn(p, "choice default symbol '" + value.name + "' is not contained in the choice");
            }
        }
    }

    private void checkTarget(Property p, Symbol symbol, String verb) {
        Symbol target = p.valueSymbol();
        if (!symbol.type.isLogical()) {
            warn(p, "config symbol '" + symbol.name + "' uses " + verb + ", but is not bool or tristate");
        } else if (target != null && target.type != SymbolType.UNKNOWN && !target.type.isLogical()) {
            warn(p, "'" + target.name + "' has wrong type. '" + verb
                    + "' only accept arguments of bool and tristate type");
        }
    }

    private void checkRange(Property p, Symbol symbol) {
        if (!symbol.type.isNumeric()) {
            warn(p, "range is only allowed for int or hex symbols");
        }
        Expr bounds = p.value;
        if (bounds != null && !(isNumber(symbol, bounds.symbol) && isNumber(symbol, bounds.symbol2))) {
            warn(p, "range is invalid");
        }
    }

    private static boolean isNumber(Symbol symbol, @Nullable Symbol value) {
        return value != null && (value.type.isNumeric()
                || value.type == SymbolType.UNKNOWN && ValueSyntax.isValid(symbol.type, value.name));
    }

    private void warn(Property p, String message) {
        sink.report(Diagnostic.warning(p.file, p.line, message));
    }
}
