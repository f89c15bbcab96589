package org.mmkit.kconfig.eval;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/** How choices pick a member: the part of an {@link Evaluator} in which kernels differ. Confined to its thread. */
public abstract class Choices {

    final Evaluator evaluator;
    final Values values;
    final UserSettings user;

    Choices(Evaluator evaluator) {
        this.evaluator = evaluator;
        this.values = evaluator.values();
        this.user = evaluator.user();
    }

    /** The symbols that can be picked, in the order of the menu. */
    abstract List<Symbol> entries(MenuNode choice);

    /** Computes the choice and, as far as it decides them, its members; the member that is y, or null. */
    public abstract @Nullable Symbol calculate(MenuNode choice);

    /** The level of {@code s} if a choice decides it, else -1. */
    abstract int decided(Symbol s);

    /** Called before {@code s} is computed. */
    void before(Symbol s) {
        // Nothing to prepare.
    }

    /** Called when {@code s} has its new value. */
    void after(Symbol s) {
        // Nothing follows.
    }

    /** What is left of the level of a prompt of {@code s}. */
    int promptLevel(Symbol s, int level) {
        return level;
    }

    /** Whether a member counts as bool although it is tristate. */
    boolean isBoolNow(Symbol s) {
        return false;
    }

    /** Whether the user can turn {@code s} on and off; the caller has compared levels. */
    boolean isChangeable(Symbol s) {
        return !s.isChoice();
    }

    /** Whether a level between the least and the greatest one is possible for {@code s}. */
    boolean isPossible(Symbol s, int wanted) {
        return true;
    }

    /** Forgets what was picked, before a configuration is read. */
    public void clear() {
        // Nothing is kept that reading does not replace.
    }

    /**
     * Takes note that a line of a configuration set {@code s}, after the setting itself.
     *
     * @param warnings told what is odd about it
     */
    public abstract void settingRead(Symbol s, Consumer<String> warnings);

    /** Takes note that a program set {@code s}, after the setting itself. */
    public void edited(Symbol s) {
        settingRead(s, odd -> { });
    }

    /** Takes note that a program took the setting of {@code s} away. */
    public void cleared(Symbol s) {
        // Priorities count among settings only.
    }

    /** Takes note that {@code s} was set at a prompt, after the setting itself. */
    abstract void settingMade(Symbol s, int level);

    /** Makes {@code member} the one that its choice picks. */
    public abstract void choose(MenuNode choice, Symbol member);

    /** Takes over everything from {@code other}, of the same tree and kind. */
    public abstract void copyFrom(Choices other);

    /** The member that a choice falls back to: its first active default, else its first visible member. */
    public @Nullable Symbol fallback(MenuNode choice) {
        Symbol knot = choice.symbol();
        if (knot != null) {
            for (Property p = knot.firstProperty(); p != null; p = p.next()) {
                if (p.kind() == PropertyKind.DEFAULT && evaluator.level(p.condition()) != 0) {
                    Symbol value = p.valueSymbol();
                    if (value != null && values.visible[value.id()] != 0) {
                        return value;
                    }
                }
            }
        }
        for (Symbol m : entries(choice)) {
            if (values.visible[m.id()] != 0) {
                return m;
            }
        }
        return null;
    }

    /** Whether a minimal configuration can do without a line for {@code s}, since its choice falls back to it. */
    public boolean isFallback(Symbol s) {
        MenuNode choice = s.choiceNode();
        Symbol knot = choice == null ? null : choice.symbol();
        return choice != null && knot != null && !knot.isOptional() && values.level(s) == 2 && s.type() == SymbolType.BOOL && fallback(choice) == s;
    }
}
