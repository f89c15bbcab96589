package org.mmkit.kconfig.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A parsed set of Kconfig files.
 *
 * <p>Immutable and safe for any thread. Values live in a configuration of the tree, of which there may be
 * many at a time.
 */
public final class KconfigTree {

    private final MenuNode root;
    private final SymbolTable symbols;
    private final Symbol modules;
    private final int expressions;
    private final int properties;
    private final int nodes;
    private final List<String> files;
    private final Map<String, String> environment;
    private final Dialect dialect;
    private final @Nullable Symbol defconfigList;
    private final Symbol[] bucketOrder;
    private final List<Symbol> all;

    KconfigTree(MenuNode root, SymbolTable symbols, Symbol modules, int expressions, int properties, int nodes,
            List<String> files, Map<String, String> environment, Dialect dialect, @Nullable Symbol defconfigList) {
        this.dialect = dialect;
        this.defconfigList = defconfigList;
        this.root = root;
        this.symbols = symbols;
        this.modules = modules;
        this.expressions = expressions;
        this.properties = properties;
        this.nodes = nodes;
        this.files = files;
        this.environment = Collections.unmodifiableMap(environment);
        this.bucketOrder = symbols.inBucketOrder();
        this.all = Collections.unmodifiableList(symbols.all);
    }

    /** The node of the main menu. */
    public MenuNode root() {
        return root;
    }

    /** The title of the main menu, bytes of the file. */
    public String title() {
        return root.prompt == null ? "" : root.prompt.text;
    }

    /** Every symbol by id: constants, choices, and symbols that are only referenced included. */
    public List<Symbol> symbols() {
        return all;
    }

    /** The number of symbols, and one more than the greatest id. */
    public int symbolCount() {
        return all.size();
    }

    /** One more than the greatest expression id. */
    public int expressionCount() {
        return expressions;
    }

    /** One more than the greatest property id. */
    public int propertyCount() {
        return properties;
    }

    /** One more than the greatest node id. */
    public int nodeCount() {
        return nodes;
    }

    /** The symbol that {@code name}, unquoted and without {@code CONFIG_}, means. */
    public Optional<Symbol> symbol(String name) {
        return Optional.ofNullable(symbols.find(name));
    }

    /** As {@link #symbol}, null when no file mentions the name. */
    public @Nullable Symbol find(String name) {
        return symbols.find(name);
    }

    /** The constant n. */
    public Symbol no() {
        return symbols.no;
    }

    /** The constant m. */
    public Symbol mod() {
        return symbols.mod;
    }

    /** The constant y. */
    public Symbol yes() {
        return symbols.yes;
    }

    /** The symbol that switches modules on; the constant n when the files declare none. */
    public Symbol modules() {
        return modules;
    }

    /** Whether choices have the modes n, m and y, as before Linux 6.9. */
    public boolean hasClassicChoices() {
        return dialect.isClassic();
    }

    /** The dialect that the files were read in. */
    public Dialect dialect() {
        return dialect;
    }

    /** The symbol whose defaults name the files to begin with when there is no configuration; null without one. */
    public @Nullable Symbol defconfigList() {
        return defconfigList;
    }

    /** The files that were read, in the order they were first opened. */
    public List<String> files() {
        return files;
    }

    /** The variables of the environment that macros read, in the order of first use. */
    public Map<String, String> environment() {
        return environment;
    }

    /** The number of symbols in {@link #inBucketOrder}. */
    public int bucketOrderLength() {
        return bucketOrder.length;
    }

    /** The symbols, but for n, m and y, in the order of the kernel's hash table, which its output files follow. */
    public Symbol inBucketOrder(int index) {
        return bucketOrder[index];
    }
}
