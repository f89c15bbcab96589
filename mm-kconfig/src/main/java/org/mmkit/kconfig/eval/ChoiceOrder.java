package org.mmkit.kconfig.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Symbol;

/** The members of each choice: as listed, and by priority, where the one that was set last comes first. */
public final class ChoiceOrder {

    private static final Symbol[] NONE = new Symbol[0];

    private final Map<MenuNode, int[]> priorities = new HashMap<>();
    private final Map<MenuNode, Symbol[]> entries = new HashMap<>();

    ChoiceOrder(KconfigTree tree) {
        for (Symbol s : tree.symbols()) {
            MenuNode node = s.isChoice() ? s.firstNode() : null;
            if (node == null) {
                continue;
            }
            List<Symbol> members = node.members();
            int[] order = new int[members.size()];
            for (int i = 0; i < order.length; i++) {
                order[i] = members.get(i).id();
            }
            priorities.put(node, order);
            List<Symbol> below = new ArrayList<>();
            for (MenuNode m = node.following(node); m != null; m = m.following(node)) {
                if (m.symbol() != null) {
                    below.add(m.symbol());
                }
            }
            entries.put(node, below.toArray(NONE));
        }
    }

    /** The symbols of all entries of the choice, in the order of the menu. */
    Symbol[] entries(MenuNode choice) {
        return entries.getOrDefault(choice, NONE);
    }

    /** Ids of the members, first the one with the highest priority; not a copy. */
    int[] priority(MenuNode choice) {
        return priorities.getOrDefault(choice, new int[0]);
    }

    /** Takes over the priorities of {@code other}, of the same tree. */
    public void copyFrom(ChoiceOrder other) {
        other.priorities.forEach((choice, order) -> System.arraycopy(order, 0, priority(choice), 0, order.length));
    }

    /** Gives {@code member} the highest priority. */
    public void toFront(MenuNode choice, Symbol member) {
        move(choice, member, true);
    }

    /** Gives {@code member} the lowest priority. */
    public void toBack(MenuNode choice, Symbol member) {
        move(choice, member, false);
    }

    private void move(MenuNode choice, Symbol member, boolean front) {
        int[] order = priority(choice);
        int at = 0;
        while (at < order.length && order[at] != member.id()) {
            at++;
        }
        if (at == order.length) {
            return;
        }
        if (front) {
            System.arraycopy(order, 0, order, 1, at);
            order[0] = member.id();
        } else {
            System.arraycopy(order, at + 1, order, at, order.length - at - 1);
            order[order.length - 1] = member.id();
        }
    }
}
