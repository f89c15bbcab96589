package org.mmkit.kconfig.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Symbol;

/**
 * Choices since Linux 6.9: members are bool and have priorities, the one that was set last the highest; the visible
 * one with the highest priority that the user set is picked.
 */
public final class PriorityChoices extends Choices {

    private final Map<MenuNode, int[]> priorities = new HashMap<>();
    private final Map<MenuNode, List<Symbol>> entries = new HashMap<>();

    PriorityChoices(Evaluator evaluator) {
        super(evaluator);
        for (Symbol s : evaluator.tree().symbols()) {
            MenuNode node = s.isChoice() ? s.firstNode() : null;
            if (node == null) {
                continue;
            }
            priorities.put(node, node.members().stream().mapToInt(Symbol::id).toArray());
            List<Symbol> below = new ArrayList<>();
            for (MenuNode m = node.following(node); m != null; m = m.following(node)) {
                if (m.symbol() != null) {
                    below.add(m.symbol());
                }
            }
            entries.put(node, below);
        }
    }

    @Override
    List<Symbol> entries(MenuNode choice) {
        return entries.getOrDefault(choice, List.of());
    }

    /** Ids of the members, first the one with the highest priority; not a copy. */
    private int[] priority(MenuNode choice) {
        return priorities.getOrDefault(choice, new int[0]);
    }

    @Override
    public void copyFrom(Choices other) {
        ((PriorityChoices) other).priorities
                .forEach((choice, order) -> System.arraycopy(order, 0, priority(choice), 0, order.length));
    }

    @Override
    int decided(Symbol s) {
        MenuNode choice = s.choiceNode();
        if (choice == null) {
            return -1;
        }
        calculate(choice);
        return values.level[s.id()];
    }

    @Override
    public @Nullable Symbol calculate(MenuNode choice) {
        int[] priority = priority(choice);
        byte[] visible = values.visible;
        Symbol chosen = null;
        if (evaluator.isOrderFree()) {
            for (Symbol m : entries(choice)) {
                evaluator.calculateVisibility(m);
            }
        }
        for (int id : priority) {
            Symbol m = evaluator.tree().symbols().get(id);
            evaluator.calculateVisibility(m);
            if (visible[id] != 0 && user.present[id] && user.level[id] == 2) {
                chosen = m;
                break;
            }
        }
        if (chosen == null) {
            chosen = fallback(choice);
            if (chosen != null && user.present[chosen.id()] && user.level[chosen.id()] == 0) {
                chosen = null;
            }
        }
        List<Symbol> all = entries(choice);
        for (int i = 0; i < all.size() && chosen == null; i++) {
            int id = all.get(i).id();
            if (visible[id] != 0 && !user.present[id]) {
                chosen = all.get(i);
            }
        }
        for (int i = priority.length - 1; i >= 0 && chosen == null; i--) {
            if (visible[priority[i]] != 0) {
                chosen = evaluator.tree().symbols().get(priority[i]);
            }
        }
        for (Symbol m : all) {
            int id = m.id();
            if (visible[id] != 0) {
                values.level[id] = (byte) (m == chosen ? 2 : 0);
                values.flags[id] |= Values.VALID | Values.WRITE;
            }
        }
        return chosen;
    }

    @Override
    public void settingRead(Symbol s, Consumer<String> warnings) {
        MenuNode choice = s.choiceNode();
        if (choice != null) {
            move(choice, s, true);
        }
    }

    @Override
    void settingMade(Symbol s, int level) {
        // The dialogue picks members through choose.
    }

    @Override
    public void choose(MenuNode choice, Symbol member) {
        boolean changed = false;
        for (Symbol m : entries(choice)) {
            if (values.visible(m) == 0) {
                continue;
            }
            int level = m == member ? 2 : 0;
            if (values.level(m) != level) {
                changed = true;
            }
            user.set(m.id(), level);
            move(choice, m, true);
        }
        if (changed) {
            evaluator.invalidateAll();
        }
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
