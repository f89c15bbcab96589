package org.mmkit.kconfig.config;

import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/** The lines that stand for one symbol in each kind of file. */
public final class SymbolLines {

    private final Evaluator evaluator;
    private final String prefix;
    private final boolean escape;

    /** Lines with the present values of {@code evaluator}; {@code prefix} comes before each name. */
    public SymbolLines(Evaluator evaluator, String prefix) {
        this.evaluator = evaluator;
        this.prefix = prefix;
        this.escape = evaluator.tree().dialect().escapesTexts();
    }

    /** {@code CONFIG_X=y} or {@code # CONFIG_X is not set}. */
    public void dotConfig(StringBuilder out, Symbol s) {
        if (isOff(s)) {
            out.append("# ").append(prefix).append(s.name()).append(" is not set\n");
        } else {
            assignment(out, s, true);
        }
    }

    /** {@code CONFIG_X=n} too, as {@code listnewconfig} prints. */
    public void listed(StringBuilder out, Symbol s) {
        assignment(out, s, true);
    }

    /** {@code auto.conf}: nothing for n, texts without quotes. */
    public void autoConf(StringBuilder out, Symbol s) {
        if (!isOff(s)) {
            assignment(out, s, false);
        }
    }

    private boolean isOff(Symbol s) {
        return s.type().isLogical() && evaluator.level(s) == 0;
    }

    private void assignment(StringBuilder out, Symbol s, boolean quote) {
        if (s.type() == SymbolType.UNKNOWN) {
            return;
        }
        out.append(prefix).append(s.name()).append('=');
        String value = evaluator.value(s);
        if (s.type() == SymbolType.STRING && quote) {
            quoted(out, value);
        } else {
            out.append(value);
        }
        out.append('\n');
    }

    /** {@code autoconf.h}. */
    public void header(StringBuilder out, Symbol s) {
        if (s.type() == SymbolType.UNKNOWN || isOff(s)) {
            return;
        }
        String value = evaluator.value(s);
        out.append("#define ").append(prefix).append(s.name());
        if (s.type().isLogical()) {
            out.append(evaluator.level(s) == 1 ? "_MODULE 1" : " 1");
        } else {
            out.append(' ');
            if (s.type() == SymbolType.STRING) {
                quoted(out, value);
            } else {
                out.append(hexPrefix(s, value)).append(value);
            }
        }
        out.append('\n');
    }

    /** {@code rustc_cfg}. */
    public void rustc(StringBuilder out, Symbol s) {
        if (s.type() == SymbolType.UNKNOWN || isOff(s)) {
            return;
        }
        if (s.type().isLogical()) {
            out.append("--cfg=").append(prefix).append(s.name()).append('\n');
        }
        String value = evaluator.value(s);
        out.append("--cfg=").append(prefix).append(s.name()).append('=');
        quoted(out, hexPrefix(s, value) + value);
        out.append('\n');
    }

    private static String hexPrefix(Symbol s, String value) {
        boolean has = value.length() >= 2 && value.charAt(0) == '0' && (value.charAt(1) | 0x20) == 'x';
        return s.type() == SymbolType.HEX && !has ? "0x" : "";
    }

    private void quoted(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (escape && (c == '"' || c == '\\')) {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }
}
