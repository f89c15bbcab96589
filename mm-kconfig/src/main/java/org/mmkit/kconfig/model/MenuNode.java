package org.mmkit.kconfig.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One entry of the menu tree: a definition of a symbol, a choice, a menu, a comment, or an {@code if} block. */
public final class MenuNode {

    final int id;
    final String file;
    final int line;
    final @Nullable Symbol symbol;
    /** The block around the entry in the file, which the menu as shown may not keep. */
    final @Nullable MenuNode block;
    @Nullable MenuNode parent;
    @Nullable MenuNode next;
    @Nullable MenuNode firstChild;
    @Nullable MenuNode nextOfSymbol;
    @Nullable Property prompt;
    @Nullable Expr dependency;
    @Nullable Expr visibility;
    @Nullable String help;
    /** Members in the order of the file, for a choice; the initial order of priority. */
    final List<Symbol> members;
    /** The {@code depends on} lines and {@code if} conditions as written. */
    private List<Dependency> written = List.of();

    MenuNode(int id, String file, int line, @Nullable Symbol symbol, @Nullable MenuNode parent) {
        this.id = id;
        this.file = file;
        this.line = line;
        this.symbol = symbol;
        this.block = parent;
        this.parent = parent;
        this.members = symbol != null && symbol.choice ? new ArrayList<>() : List.of();
    }

    /** Index of the node in its tree, from 0 to {@link KconfigTree#nodeCount()}. */
    public int id() {
        return id;
    }

    /** The symbol or choice that is defined here; null for menus, comments and ifs. */
    public @Nullable Symbol symbol() {
        return symbol;
    }

    /** Whether the node is a choice. */
    public boolean isChoice() {
        return symbol != null && symbol.choice;
    }

    /**
     * A dependency as written.
     *
     * @param condition what must hold
     * @param line where it says so, in the file of the node
     */
    public record Dependency(Expr condition, int line) {
    }

    void addWritten(Expr condition, int atLine) {
        if (written.isEmpty()) {
            written = new ArrayList<>(1);
        }
        written.add(new Dependency(condition, atLine));
    }

    /** The node's own dependencies as written, without those of enclosing blocks. */
    public List<Dependency> written() {
        return Collections.unmodifiableList(written);
    }

    /** The menu, choice or if block around the entry in the file; null for the root. */
    public @Nullable MenuNode block() {
        return block;
    }

    /** The enclosing node in the menu as shown, which may be a symbol; null for the root. */
    public @Nullable MenuNode parent() {
        return parent;
    }

    /** The next node below the same parent; null at the end. */
    public @Nullable MenuNode next() {
        return next;
    }

    /** The first node below this one; null when there is none. */
    public @Nullable MenuNode firstChild() {
        return firstChild;
    }

    /** The definition of the same symbol that follows in file order; null for the last. */
    public @Nullable MenuNode nextOfSymbol() {
        return nextOfSymbol;
    }

    /** The prompt, menu title or comment; null without one. */
    public @Nullable Property prompt() {
        return prompt;
    }

    /** All dependencies, enclosing ones included; null is y. */
    public @Nullable Expr dependency() {
        return dependency;
    }

    /** The {@code visible if} condition of a menu; null is y. */
    public @Nullable Expr visibility() {
        return visibility;
    }

    /** The help text, bytes of the file (see {@link Text}); null when there is none. */
    public @Nullable String help() {
        return help;
    }

    /** The members of a choice in file order. */
    public List<Symbol> members() {
        return List.copyOf(members);
    }

    /** The file as the {@code source} line named it. */
    public String file() {
        return file;
    }

    /** The line of the entry, from 1. */
    public int line() {
        return line;
    }

    /** Where the entry was written. */
    public SourcePosition position() {
        return new SourcePosition(file, line);
    }

    /**
     * The node after this one, depth first.
     *
     * @return null when all nodes below {@code root} have been visited
     */
    public @Nullable MenuNode following(MenuNode root) {
        MenuNode node = this;
        if (node.firstChild != null) {
            return node.firstChild;
        }
        while (node != root && node.next == null) {
            MenuNode up = node.parent;
            if (up == null) {
                return null;
            }
            node = up;
        }
        return node == root ? null : node.next;
    }
}
