package org.mmkit.kconfig.eval;

import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Symbol;

/**
 * Keeps an evaluator up to date by computing again only what a change reaches: readers of a value that really
 * became another one, each after everything that it reads. Confined to one thread.
 */
public final class IncrementalUpdate {

    private final Evaluator evaluator;
    private final KconfigTree tree;
    private final DependencyIndex index;
    private final boolean[] queued;
    private final PriorityQueue<Integer> queue;

    /** An updater; everything is computed once. */
    public IncrementalUpdate(Evaluator evaluator) {
        this(evaluator, DependencyIndex.of(evaluator.tree()));
    }

    private IncrementalUpdate(Evaluator evaluator, DependencyIndex index) {
        this.evaluator = evaluator;
        this.tree = evaluator.tree();
        this.index = index;
        this.queued = new boolean[tree.symbolCount() + tree.expressionCount()];
        this.queue = new PriorityQueue<>((a, b) -> Integer.compare(index.rank(a), index.rank(b)));
        evaluator.setOrderFree();
        computeAll();
    }

    /** An updater of another evaluator of the same tree, which shares what was found out about the tree. */
    public IncrementalUpdate forEvaluator(Evaluator other) {
        return new IncrementalUpdate(other, index);
    }

    /** Computes everything, as after many changes. */
    public void computeAll() {
        evaluator.invalidateAll();
        for (int i = 0; i < tree.bucketOrderLength(); i++) {
            evaluator.calculate(tree.inBucketOrder(i));
        }
    }

    /** Takes over changed settings of {@code symbols}. */
    public void changed(Iterable<Symbol> symbols) {
        if (!index.isAcyclic() || tree.hasClassicChoices()) {
            computeAll();
            return;
        }
        for (Symbol s : symbols) {
            push(unit(s).id());
        }
        while (true) {
            Integer next = queue.poll();
            if (next == null) {
                return;
            }
            int node = next;
            queued[node] = false;
            if (index.isExpr(node)) {
                if (evaluator.refresh(index.expr(node))) {
                    pushReaders(node);
                }
                continue;
            }
            Symbol s = tree.symbols().get(node);
            if (s.isChoice()) {
                refreshChoice(s);
            } else if (s.choiceNode() == null && evaluator.refresh(s)) {
                if (s == tree.modules()) {
                    // Whether modules exist changes what every tristate is.
                    queue.clear();
                    Arrays.fill(queued, false);
                    computeAll();
                    return;
                }
                pushReaders(node);
            }
        }
    }

    private static Symbol unit(Symbol s) {
        MenuNode choice = s.choiceNode();
        Symbol knot = choice == null ? null : choice.symbol();
        return knot == null ? s : knot;
    }

    private void refreshChoice(Symbol knot) {
        MenuNode choice = knot.firstNode();
        boolean knotChanged = evaluator.refresh(knot);
        if (choice == null) {
            return;
        }
        List<Symbol> members = evaluator.choices().entries(choice);
        int[] old = new int[members.size()];
        for (int i = 0; i < members.size(); i++) {
            old[i] = evaluator.level(members.get(i));
        }
        evaluator.refreshChoice(choice);
        for (int i = 0; i < members.size(); i++) {
            if (evaluator.level(members.get(i)) != old[i]) {
                pushReaders(members.get(i).id());
            }
        }
        if (knotChanged) {
            pushReaders(knot.id());
        }
    }

    private void pushReaders(int node) {
        for (int k = index.start(node); k < index.end(node); k++) {
            push(index.edge(k));
        }
    }

    private void push(int node) {
        if (!queued[node]) {
            queued[node] = true;
            queue.add(node);
        }
    }
}
