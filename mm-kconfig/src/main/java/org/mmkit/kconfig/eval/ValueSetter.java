package org.mmkit.kconfig.eval;

import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.ValueSyntax;

/** Sets symbols as a person at a prompt does: only to values that are possible now. */
public final class ValueSetter {

    private final Evaluator evaluator;
    private final UserSettings user;

    /** A setter of the settings behind {@code evaluator}. */
    public ValueSetter(Evaluator evaluator) {
        this.evaluator = evaluator;
        this.user = evaluator.user();
    }

    /** Sets a bool or tristate symbol; false when the level is not possible. */
    public boolean setLevel(Symbol s, int wanted) {
        int old = evaluator.level(s);
        boolean same = old == wanted && evaluator.tree().hasClassicChoices();
        if (!same && !evaluator.isWithinRange(s, wanted)) {
            return false;
        }
        user.set(s.id(), wanted);
        evaluator.choices().settingMade(s, wanted);
        if (old != wanted) {
            evaluator.invalidateAll();
        }
        return true;
    }

    /** Sets any symbol from a text; false when the text is not a value or out of range. */
    public boolean setText(Symbol s, String text) {
        if (s.type().isLogical()) {
            int level = text.isEmpty() ? -1 : "nmy".indexOf(Character.toLowerCase(text.charAt(0)));
            return level >= 0 && setLevel(s, level);
        }
        if (!isWithinRange(s, text)) {
            return false;
        }
        String old = user.isSet(s.id()) ? user.text(s.id()) : null;
        boolean bare = s.type() == SymbolType.HEX
                && !(text.length() >= 2 && text.charAt(0) == '0' && (text.charAt(1) | 0x20) == 'x');
        String value = bare ? "0x" + text : text;
        user.set(s.id(), value);
        if (bare || !isSame(old, value)) {
            evaluator.invalidateAll();
        }
        return true;
    }

    private static boolean isSame(@Nullable String a, String b) {
        return a != null && a.equals(b);
    }

    /** Whether {@code text} is a value of the symbol's type within its range. */
    public boolean isWithinRange(Symbol s, String text) {
        if (!ValueSyntax.isValid(s.type(), text)) {
            return false;
        }
        if (!s.type().isNumeric()) {
            return true;
        }
        Property p = evaluator.activeRange(s);
        Expr bounds = p == null ? null : p.value();
        if (bounds == null) {
            return true;
        }
        int base = s.type() == SymbolType.INT ? 10 : 16;
        long value = Numbers.leading(text, base);
        return value >= evaluator.boundValue(bounds.symbol(), base)
                && value <= evaluator.boundValue(bounds.symbol2(), base);
    }
}
