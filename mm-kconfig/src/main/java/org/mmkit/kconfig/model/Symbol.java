package org.mmkit.kconfig.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A configuration symbol, a constant, or the nameless symbol that stands for a choice.
 *
 * <p>Names are without {@code CONFIG_}. Properties of all definitions are in file order.
 */
public final class Symbol {

    final int id;
    final String name;
    final boolean constant;
    final boolean choice;
    SymbolType type = SymbolType.UNKNOWN;
    boolean transitional;
    boolean warned;
    boolean optional;
    boolean onInAllNo;
    boolean neverWritten;
    @Nullable MenuNode firstNode;
    @Nullable MenuNode lastNode;
    @Nullable Property firstProperty;
    @Nullable Property lastProperty;
    @Nullable Expr directDependency;
    @Nullable Expr reverseDependency;
    @Nullable Expr impliedBy;
    /** The choice that lists this symbol as a member. */
    @Nullable MenuNode memberOf;
    /** The choice around the first definition with a prompt; fixed when the tree is finished. */
    @Nullable MenuNode choiceNode;
    @Nullable Symbol hashNext;

    Symbol(int id, String name, boolean constant, boolean choice) {
        this.id = id;
        this.name = name;
        this.constant = constant;
        this.choice = choice;
    }

    /** Index of the symbol in its tree, from 0 to {@link KconfigTree#symbolCount()}. */
    public int id() {
        return id;
    }

    /** The name without {@code CONFIG_}; empty for a choice, unless the classic dialect names it. */
    public String name() {
        return name;
    }

    /** Whether this is a quoted or built-in constant. */
    public boolean isConstant() {
        return constant;
    }

    /** Whether this stands for a choice. */
    public boolean isChoice() {
        return choice;
    }

    /** The declared type. */
    public SymbolType type() {
        return type;
    }

    /** Whether it only carries an old value over to the defaults of other symbols. */
    public boolean isTransitional() {
        return transitional;
    }

    /** Whether a choice may pick no member. */
    public boolean isOptional() {
        return optional;
    }

    /** Whether {@code allnoconfig} turns it on. */
    public boolean isOnInAllNo() {
        return onInAllNo;
    }

    /** Whether no file has a line for it: choices, transitional symbols, and what only stands for something outside. */
    public boolean isNeverWritten() {
        return neverWritten || choice || transitional;
    }

    /** Whether a {@code config}, {@code menuconfig} or {@code choice} entry defines it. */
    public boolean isDefined() {
        return firstNode != null;
    }

    /** The first definition; null when there is none. */
    public @Nullable MenuNode firstNode() {
        return firstNode;
    }

    /** All definitions in file order. */
    public List<MenuNode> nodes() {
        List<MenuNode> nodes = new ArrayList<>(1);
        for (MenuNode n = firstNode; n != null; n = n.nextOfSymbol) {
            nodes.add(n);
        }
        return nodes;
    }

    /** The first property; null when there is none. */
    public @Nullable Property firstProperty() {
        return firstProperty;
    }

    /** All properties in file order. */
    public List<Property> properties() {
        List<Property> properties = new ArrayList<>(4);
        for (Property p = firstProperty; p != null; p = p.next) {
            properties.add(p);
        }
        return properties;
    }

    /** Whether any definition has a prompt. */
    public boolean hasPrompt() {
        for (Property p = firstProperty; p != null; p = p.next) {
            if (p.hasText) {
                return true;
            }
        }
        return false;
    }

    /** The disjunction of the dependencies of all definitions; null is y. */
    public @Nullable Expr directDependency() {
        return directDependency;
    }

    /** The disjunction of all selects of this symbol; null when nothing selects it. */
    public @Nullable Expr reverseDependency() {
        return reverseDependency;
    }

    /** The disjunction of all implies of this symbol; null when nothing implies it. */
    public @Nullable Expr impliedBy() {
        return impliedBy;
    }

    /** Whether some choice lists it as a member. */
    public boolean isChoiceMember() {
        return memberOf != null;
    }

    /** The choice that decides its value; null when it is no member of one. */
    public @Nullable MenuNode choiceNode() {
        return choiceNode;
    }

    /** The name, or {@code <choice>}. */
    @Override
    public String toString() {
        return choice && name.isEmpty() ? "<choice>" : name;
    }
}
