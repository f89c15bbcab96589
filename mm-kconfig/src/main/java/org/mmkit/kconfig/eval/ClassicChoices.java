package org.mmkit.kconfig.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/**
 * Choices before Linux 6.9: the choice itself has a level, its mode. With mode y exactly one member is y, with mode m
 * any tristate members may be m, with mode n, which only an optional choice has, none is on. The user's settings hold the
 * mode, and here is which member was picked.
 */
public final class ClassicChoices extends Choices {

    private final KconfigTree tree;
    private final Map<Symbol, List<Symbol>> members = new HashMap<>();
    /** The choices in the order of the hash table. */
    private final List<Symbol> all = new ArrayList<>();
    private final Map<Symbol, Symbol> picked = new HashMap<>();
    private final Map<Symbol, Symbol> current = new HashMap<>();
    /** Choices and members whose settings are to be completed when they are computed next. */
    private final boolean[] incomplete;

    ClassicChoices(Evaluator evaluator) {
        super(evaluator);
        tree = evaluator.tree();
        incomplete = new boolean[tree.symbolCount()];
        for (int i = 0; i < tree.bucketOrderLength(); i++) {
            Symbol s = tree.inBucketOrder(i);
            MenuNode node = s.isChoice() ? s.firstNode() : null;
            if (node != null) {
                all.add(s);
                members.put(s, node.members());
            }
        }
    }

    /** All choices, in the order in which the kernel's tools go through symbols. */
    public List<Symbol> all() {
        return all;
    }

    /** The members of {@code choice}. */
    public List<Symbol> members(Symbol choice) {
        return members.getOrDefault(choice, List.of());
    }

    @Override
    List<Symbol> entries(MenuNode choice) {
        Symbol knot = choice.symbol();
        return knot == null ? List.of() : members(knot);
    }

    private static @Nullable Symbol choiceOf(Symbol member) {
        MenuNode choice = member.choiceNode();
        return choice == null ? null : choice.symbol();
    }

    @Override
    void before(Symbol s) {
        Symbol choice = choiceOf(s);
        if (choice != null && incomplete[s.id()]) {
            incomplete[s.id()] = false;
            evaluator.calculate(choice);
        }
    }

    @Override
    int decided(Symbol s) {
        Symbol choice = choiceOf(s);
        return choice == null || values.visible(s) != 2 ? -1 : current.get(choice) == s ? 2 : 0;
    }

    @Override
    void after(Symbol s) {
        if (!s.isChoice()) {
            return;
        }
        current.remove(s);
        if (values.level(s) == 2) {
            pick(s);
        }
        for (Symbol m : members(s)) {
            if (values.isWritten(s) && values.visible(m) != 0) {
                values.flags[m.id()] |= Values.WRITE;
            }
        }
        if (incomplete[s.id()]) {
            completeSettings(s);
        }
    }

    private void pick(Symbol choice) {
        boolean all = true;
        for (Symbol m : members(choice)) {
            evaluator.calculateVisibility(m);
            if (values.visible(m) != 0) {
                all &= user.isSet(m.id());
            }
        }
        if (!evaluator.isOrderFree()) {
            user.present[choice.id()] &= all;
        }
        Symbol chosen = picked.get(choice);
        if (chosen == null || values.visible(chosen) == 0) {
            MenuNode node = choice.firstNode();
            chosen = node == null ? null : fallback(node);
        }
        if (chosen == null) {
            values.level[choice.id()] = 0;
        } else {
            current.put(choice, chosen);
        }
    }

    @Override
    public @Nullable Symbol calculate(MenuNode choice) {
        Symbol knot = choice.symbol();
        if (knot == null) {
            return null;
        }
        evaluator.calculate(knot);
        return current.get(knot);
    }

    @Override
    int promptLevel(Symbol s, int level) {
        Symbol choice = choiceOf(s);
        return level == 1 && choice != null && s.type() == SymbolType.TRISTATE && values.level(choice) == 2 ? 0 : level;
    }

    @Override
    boolean isBoolNow(Symbol s) {
        return s.isChoiceMember() && values.visible(s) == 2;
    }

    @Override
    boolean isChangeable(Symbol s) {
        return true;
    }

    @Override
    boolean isPossible(Symbol s, int wanted) {
        return wanted == 2 || !isBoolNow(s);
    }

    @Override
    public void clear() {
        picked.clear();
        for (Symbol c : all) {
            user.set(c.id(), 0);
        }
    }

    @Override
    public void settingRead(Symbol s, Consumer<String> warnings) {
        Symbol choice = choiceOf(s);
        if (choice == null) {
            return;
        }
        int level = user.level(s.id());
        int mode = user.level(choice.id());
        if (level == 1 && mode == 2) {
            warnings.accept(s.name() + " creates inconsistent choice state");
            user.present[choice.id()] = false;
        } else if (level == 2) {
            if (mode != 0) {
                warnings.accept("override: " + s.name() + " changes choice state");
            }
            picked.put(choice, s);
        }
        user.setLevelOnly(choice.id(), Math.max(mode, level));
    }

    /** The choice is then as if the settings of all members had been read from a file, that of {@code s} last. */
    @Override
    public void edited(Symbol s) {
        Symbol choice = choiceOf(s);
        if (choice == null) {
            return;
        }
        int mode = 0;
        Symbol last = null;
        for (Symbol m : members(choice)) {
            int level = user.isSet(m.id()) ? user.level(m.id()) : 0;
            mode = Math.max(mode, level);
            last = level == 2 && last != s ? m : last;
        }
        if (last == null) {
            picked.remove(choice);
        } else if (last == s || picked.get(choice) == null || user.level(picked.get(choice).id()) != 2) {
            picked.put(choice, last);
        }
        user.set(choice.id(), mode);
    }

    @Override
    public void cleared(Symbol s) {
        edited(s);
    }

    @Override
    void settingMade(Symbol s, int level) {
        Symbol choice = choiceOf(s);
        if (choice == null || level != 2) {
            return;
        }
        picked.put(choice, s);
        user.present[choice.id()] = true;
        for (Symbol m : members(choice)) {
            if (values.visible(m) != 0) {
                user.present[m.id()] = true;
            }
        }
    }

    @Override
    public void choose(MenuNode choice, Symbol member) {
        new ValueSetter(evaluator).setLevel(member, 2);
    }

    @Override
    public void copyFrom(Choices other) {
        picked.clear();
        picked.putAll(((ClassicChoices) other).picked);
    }

    /** Has the settings of all choices that have none, and of all members, completed when they are computed next. */
    public void completeLater() {
        for (Symbol c : all) {
            incomplete[c.id()] = !user.isSet(c.id());
            for (Symbol m : members(c)) {
                incomplete[m.id()] = true;
            }
        }
    }

    /** Makes the settings of {@code choice} complete: it counts as answered, and members without an answer as n. */
    public void completeSettings(Symbol choice) {
        for (Symbol m : members(choice)) {
            if (!user.isSet(m.id())) {
                user.setLevelOnly(m.id(), 0);
            }
        }
        user.present[choice.id()] = true;
        incomplete[choice.id()] = false;
        evaluator.forget(choice);
    }

    /** Has the user pick {@code member}, whatever is visible, as random configurations do. */
    public void pickMember(Symbol choice, Symbol member) {
        for (Symbol m : members(choice)) {
            user.set(m.id(), m == member ? 2 : 0);
            evaluator.forget(m);
        }
        picked.put(choice, member);
        user.present[choice.id()] = true;
        evaluator.forget(choice);
    }
}
