package org.mmkit.kconfig.eval;

import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/** The values of all symbols by id at one moment. Immutable; safe for any thread. */
public final class Values {

    private final byte[] level;
    private final @Nullable String[] text;
    private final byte[] visible;
    private final byte[] direct;
    private final byte[] reverse;
    private final byte[] implied;
    private final byte[] flags;

    Values(byte[] level, @Nullable String[] text, byte[] visible, byte[] direct, byte[] reverse,
            byte[] implied, byte[] flags) {
        this.level = level;
        this.text = text;
        this.visible = visible;
        this.direct = direct;
        this.reverse = reverse;
        this.implied = implied;
        this.flags = flags;
    }

    /** The level of a bool or tristate symbol. */
    public int level(Symbol s) {
        return level[s.id()];
    }

    /** The value as text; the name for a symbol that nothing defines. */
    public String value(Symbol s) {
        if (s.type().isLogical()) {
            return Evaluator.levelText(level[s.id()]);
        }
        String t = text[s.id()];
        return t != null ? t : s.type() == SymbolType.UNKNOWN ? s.name() : "";
    }

    /** The greatest level that the user can set. */
    public int visible(Symbol s) {
        return visible[s.id()];
    }

    /** The level of the symbol's own dependencies. */
    public int direct(Symbol s) {
        return direct[s.id()];
    }

    /** The level that selects force. */
    public int reverse(Symbol s) {
        return reverse[s.id()];
    }

    /** The level that implies ask for. */
    public int implied(Symbol s) {
        return implied[s.id()];
    }

    /** Whether the symbol has a line in the configuration file. */
    public boolean isWritten(Symbol s) {
        return (flags[s.id()] & Evaluator.WRITE) != 0;
    }
}
