package org.mmkit.kconfig.config;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.config.Reason;
import org.mmkit.api.config.Tristate;
import org.mmkit.kconfig.eval.Numbers;
import org.mmkit.kconfig.eval.Values;
import org.mmkit.kconfig.explain.Explainer;
import org.mmkit.kconfig.model.Depth;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;

/**
 * The values of all symbols of a tree under one set of user settings.
 *
 * <p>Immutable and safe for any thread.
 */
public final class ResolvedConfiguration implements Configuration {

    private final KconfigTree tree;
    private final Values values;
    private final boolean[] userSet;
    private final byte[] userLevel;
    private final @Nullable String[] userText;

    ResolvedConfiguration(KconfigTree tree, Values values, boolean[] userSet, byte[] userLevel,
            @Nullable String[] userText) {
        this.tree = tree;
        this.values = values;
        this.userSet = userSet;
        this.userLevel = userLevel;
        this.userText = userText;
    }

    /** The tree. */
    public KconfigTree tree() {
        return tree;
    }

    /** The values by symbol. */
    public Values values() {
        return values;
    }

    @Override
    public boolean isEnabled(String symbol) {
        return tristate(symbol) != Tristate.N;
    }

    @Override
    public Tristate tristate(String symbol) {
        Symbol s = tree.find(symbol);
        return s == null || s.isConstant() ? Tristate.N : Tristate.ofLevel(values.level(s));
    }

    @Override
    public String value(String symbol) {
        Symbol s = tree.find(symbol);
        if (s == null || s.isConstant() || s.type() == SymbolType.UNKNOWN
                || !s.type().isLogical() && !values.isWritten(s)) {
            return "";
        }
        return s.type().isLogical() && values.level(s) == 0 ? "" : Text.decode(values.value(s));
    }

    @Override
    public OptionalLong number(String symbol) {
        Symbol s = tree.find(symbol);
        if (s == null || !s.type().isNumeric()) {
            return OptionalLong.empty();
        }
        String text = values.value(s);
        return text.isEmpty() ? OptionalLong.empty()
                : OptionalLong.of(Numbers.leading(text, s.type() == SymbolType.HEX ? 16 : 10));
    }

    @Override
    public Reason reason(String symbol) {
        return new Explainer(this).reason(symbol);
    }

    /** Whether the user has set {@code s}, in effect or not. */
    public boolean isUserSet(Symbol s) {
        return userSet[s.id()];
    }

    /** What the user has set {@code s} to; empty when it is not set. */
    public String userValue(Symbol s) {
        if (!userSet[s.id()]) {
            return "";
        }
        if (s.type().isLogical()) {
            return String.valueOf(Tristate.ofLevel(userLevel[s.id()]).letter());
        }
        String t = userText[s.id()];
        return t == null ? "" : t;
    }

    /** The level of {@code e}, 0 to 2; null is y. */
    public int level(@Nullable Expr e) {
        return e == null ? 2 : level(e, new Depth());
    }

    private int level(Expr e, Depth depth) {
        if (depth.enter()) {
            int[] result = new int[1];
            depth.hop(() -> result[0] = level(e, depth));
            depth.leave();
            return result[0];
        }
        int result;
        switch (e.kind()) {
            case SYMBOL -> result = values.level(e.symbol());
            case AND -> result = Math.min(level(e.left(), depth), level(e.right(), depth));
            case OR -> result = Math.max(level(e.left(), depth), level(e.right(), depth));
            case NOT -> result = 2 - level(e.left(), depth);
            case RANGE -> result = 0;
            default -> {
                Symbol a = e.symbol();
                Symbol b = e.symbol2();
                int order = Numbers.compare(values.value(a), a.type(), values.value(b), b.type());
                result = e.kind().holds(order) ? 2 : 0;
            }
        }
        depth.leave();
        return result;
    }
}
