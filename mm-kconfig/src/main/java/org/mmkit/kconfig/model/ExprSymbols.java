package org.mmkit.kconfig.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The symbols that expressions read. */
public final class ExprSymbols {

    private ExprSymbols() {
    }

    /** Adds every symbol of {@code e}, constants included, from left to right; null has none. */
    public static void collect(@Nullable Expr e, Set<? super Symbol> into) {
        List<Expr> work = new ArrayList<>();
        if (e != null) {
            work.add(e);
        }
        while (!work.isEmpty()) {
            Expr x = work.remove(work.size() - 1);
            switch (x.kind()) {
                case AND, OR -> {
                    work.add(x.right());
                    work.add(x.left());
                }
                case NOT -> work.add(x.left());
                case SYMBOL -> into.add(x.symbol());
                default -> {
                    into.add(x.symbol());
                    into.add(x.symbol2());
                }
            }
        }
    }
}
