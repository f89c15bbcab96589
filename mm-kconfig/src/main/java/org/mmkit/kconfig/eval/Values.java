package org.mmkit.kconfig.eval;

import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/**
 * The values of all symbols.
 *
 * <p>A copy never changes and is safe for any thread; those of an {@link Evaluator} follow its calculations and belong
 * to its thread. Levels are 0, 1, 2 for n, m, y.
 */
public final class Values {

    /** The symbol's value is up to date. */
    static final byte VALID = 1;
    /** The symbol belongs into a configuration file. */
    static final byte WRITE = 2;

    final byte[] flags;
    final byte[] level;
    final @Nullable String[] text;
    final byte[] visible;
    final byte[] direct;
    final byte[] reverse;
    final byte[] implied;

    Values(int symbols) {
        flags = new byte[symbols];
        level = new byte[symbols];
        text = new @Nullable String[symbols];
        visible = new byte[symbols];
        direct = new byte[symbols];
        reverse = new byte[symbols];
        implied = new byte[symbols];
    }

    private Values(Values other) {
        flags = other.flags.clone();
        level = other.level.clone();
        text = other.text.clone();
        visible = other.visible.clone();
        direct = other.direct.clone();
        reverse = other.reverse.clone();
        implied = other.implied.clone();
    }

    Values copy() {
        return new Values(this);
    }

    /** The level of a bool or tristate symbol; 0 for other types. */
    public int level(Symbol s) {
        return level[s.id()];
    }

    /** The value as text; the name for a symbol that nothing defines. */
    public String value(Symbol s) {
        if (s.type().isLogical()) {
            return levelText(level[s.id()]);
        }
        String t = text[s.id()];
        return t != null ? t : s.type() == SymbolType.UNKNOWN ? s.name() : "";
    }

    static String levelText(int level) {
        return level == 0 ? "n" : level == 1 ? "m" : "y";
    }

    /** The greatest level that the user can set. */
    public int visible(Symbol s) {
        return visible[s.id()];
    }

    /** The level of the symbol's own dependencies. */
    public int direct(Symbol s) {
        return direct[s.id()];
    }

    /** The least level, which selects force. */
    public int reverse(Symbol s) {
        return reverse[s.id()];
    }

    /** The level that implies ask for. */
    public int implied(Symbol s) {
        return implied[s.id()];
    }

    /** Whether the symbol has a line in the configuration file. */
    public boolean isWritten(Symbol s) {
        return (flags[s.id()] & WRITE) != 0;
    }
}
