package org.mmkit.kconfig.model;

import org.jspecify.annotations.Nullable;

/** One prompt, default, select, imply or range, or the title of a menu or comment. */
public final class Property {

    final int id;
    PropertyKind kind;
    final MenuNode node;
    final String file;
    final int line;
    final @Nullable Expr value;
    /** As written until the tree is finished; then with every enclosing dependency. Null is y. */
    @Nullable Expr condition;
    String text = "";
    boolean hasText;
    @Nullable Property next;

    Property(int id, PropertyKind kind, MenuNode node, String file, int line, @Nullable Expr value,
            @Nullable Expr condition) {
        this.id = id;
        this.kind = kind;
        this.node = node;
        this.file = file;
        this.line = line;
        this.value = value;
        this.condition = condition;
    }

    /** Index of the property in its tree, from 0 to {@link KconfigTree#propertyCount()}. */
    public int id() {
        return id;
    }

    /** What the property says. */
    public PropertyKind kind() {
        return kind;
    }

    /** The definition that the property was written in. */
    public MenuNode node() {
        return node;
    }

    /** The text of a prompt, menu or comment; empty otherwise. Bytes of the file, see {@link Text}. */
    public String text() {
        return text;
    }

    /** Whether the property shows a text to the user, as a prompt, a menu title or a comment does. */
    public boolean isPrompt() {
        return hasText;
    }

    /** The value of a default, the target of a select or imply, the bounds of a range; null for texts. */
    public @Nullable Expr value() {
        return value;
    }

    /** The target of a select or imply, or a default that is one symbol; null otherwise. */
    public @Nullable Symbol valueSymbol() {
        Expr e = value;
        return e != null && e.kind == ExprKind.SYMBOL ? e.symbol : null;
    }

    /** When the property applies, with all enclosing dependencies; null is always. */
    public @Nullable Expr condition() {
        return condition;
    }

    /** The next property of the same symbol in file order; null at the end. */
    public @Nullable Property next() {
        return next;
    }

    /** Where the property was written. */
    public SourcePosition position() {
        return new SourcePosition(file, line);
    }
}
