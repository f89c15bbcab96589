package org.mmkit.kconfig.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprKind;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;

/**
 * Who must be computed again when a symbol changes, and in which order.
 *
 * <p>A graph whose nodes are symbols (by id) and, after them, expressions. An edge leads from what is read to its
 * reader. A choice is computed as one: its members' readers of expressions are the choice's nameless symbol,
 * from which edges lead to the members. Immutable; safe for any thread.
 */
final class DependencyIndex {

    private final int symbols;
    /** Start of each node's edges in {@link #edges}. */
    private final int[] starts;
    private final int[] edges;
    /** Position in an order in which everything comes after what it reads. */
    private final int[] rank;
    private final @Nullable Expr[] exprs;
    private final boolean acyclic;

    private DependencyIndex(int symbols, int[] starts, int[] edges, int[] rank, @Nullable Expr[] exprs,
            boolean acyclic) {
        this.symbols = symbols;
        this.starts = starts;
        this.edges = edges;
        this.rank = rank;
        this.exprs = exprs;
        this.acyclic = acyclic;
    }

    static DependencyIndex of(KconfigTree tree) {
        return new Builder(tree).build();
    }

    /** Whether an order exists; without one everything has to be computed again. */
    boolean isAcyclic() {
        return acyclic;
    }

    int rank(int node) {
        return rank[node];
    }

    int start(int node) {
        return starts[node];
    }

    int end(int node) {
        return starts[node + 1];
    }

    int edge(int index) {
        return edges[index];
    }

    boolean isExpr(int node) {
        return node >= symbols;
    }

    Expr expr(int node) {
        Expr e = exprs[node - symbols];
        if (e == null) {
            throw new IllegalArgumentException("node " + node + " is not in use");
        }
        return e;
    }

    /** Collects edges. */
    private static final class Builder {

        private final KconfigTree tree;
        private final int symbols;
        private final @Nullable Expr[] exprs;
        private int[] from = new int[1 << 16];
        private int[] to = new int[1 << 16];
        private int count;
        private final List<Expr> work = new ArrayList<>();

        private Builder(KconfigTree tree) {
            this.tree = tree;
            this.symbols = tree.symbolCount();
            this.exprs = new @Nullable Expr[tree.expressionCount()];
        }

        private void edge(int source, int target) {
            if (count == from.length) {
                from = Arrays.copyOf(from, count * 2);
                to = Arrays.copyOf(to, count * 2);
            }
            from[count] = source;
            to[count++] = target;
        }

        private int node(Expr e) {
            return symbols + e.id();
        }

        /** Says that {@code reader} reads {@code e}, whose operands become known on the way. */
        private void reads(int reader, @Nullable Expr e) {
            if (e == null) {
                return;
            }
            if (e.kind() == ExprKind.RANGE) {
                edge(e.symbol().id(), reader);
                edge(e.symbol2().id(), reader);
                return;
            }
            if (reader >= 0) {
                edge(node(e), reader);
            }
            work.add(e);
            while (!work.isEmpty()) {
                Expr x = work.remove(work.size() - 1);
                if (exprs[x.id()] != null) {
                    continue;
                }
                exprs[x.id()] = x;
                switch (x.kind()) {
                    case AND, OR -> {
                        edge(node(x.left()), node(x));
                        edge(node(x.right()), node(x));
                        work.add(x.left());
                        work.add(x.right());
                    }
                    case NOT -> {
                        edge(node(x.left()), node(x));
                        work.add(x.left());
                    }
                    case SYMBOL -> edge(x.symbol().id(), node(x));
                    default -> {
                        edge(x.symbol().id(), node(x));
                        edge(x.symbol2().id(), node(x));
                    }
                }
            }
        }

        private DependencyIndex build() {
            for (Symbol s : tree.symbols()) {
                MenuNode choice = s.choiceNode();
                Symbol knot = choice == null ? null : choice.symbol();
                int reader = knot == null ? s.id() : knot.id();
                if (knot != null) {
                    edge(knot.id(), s.id());
                }
                reads(reader, s.directDependency());
                reads(reader, s.reverseDependency());
                reads(reader, s.impliedBy());
                for (Property p = s.firstProperty(); p != null; p = p.next()) {
                    if (p.kind() == PropertyKind.SELECT || p.kind() == PropertyKind.IMPLY) {
                        continue;
                    }
                    reads(reader, p.condition());
                    if (p.kind() == PropertyKind.RANGE || p.kind() == PropertyKind.DEFAULT && !s.isChoice()) {
                        reads(reader, p.value());
                    }
                }
            }
            MenuNode root = tree.root();
            for (MenuNode m = root; m != null; m = m.following(root)) {
                // Menus are evaluated as well, when a file is written, but nothing reads them.
                Property title = m.prompt();
                reads(-1, title == null ? null : title.condition());
                reads(-1, m.visibility());
            }
            int nodes = symbols + exprs.length;
            int[] starts = new int[nodes + 1];
            for (int i = 0; i < count; i++) {
                starts[from[i] + 1]++;
            }
            for (int i = 0; i < nodes; i++) {
                starts[i + 1] += starts[i];
            }
            int[] fill = Arrays.copyOf(starts, nodes);
            int[] edges = new int[count];
            int[] waiting = new int[nodes];
            for (int i = 0; i < count; i++) {
                edges[fill[from[i]]++] = to[i];
                waiting[to[i]]++;
            }
            int[] queue = new int[nodes];
            int tail = 0;
            for (int i = 0; i < nodes; i++) {
                if (waiting[i] == 0) {
                    queue[tail++] = i;
                }
            }
            int[] rank = new int[nodes];
            for (int head = 0; head < tail; head++) {
                int n = queue[head];
                rank[n] = head;
                for (int k = starts[n]; k < starts[n + 1]; k++) {
                    if (--waiting[edges[k]] == 0) {
                        queue[tail++] = edges[k];
                    }
                }
            }
            return new DependencyIndex(symbols, starts, edges, rank, exprs, tail == nodes);
        }
    }
}
