package org.mmkit.kconfig.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.eval.IncrementalUpdate;
import org.mmkit.kconfig.eval.UserSettings;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.Text;
import org.mmkit.kconfig.model.ValueSyntax;

/**
 * A configuration of a tree that can be changed.
 *
 * <p>Changes are made in transactions: all of {@link Edit}'s changes take effect together at its
 * {@link Edit#commit}, and {@link #current} goes from one consistent, immutable configuration to the next.
 * Safe for any thread: readers take {@link #current} without a lock, one writer works at a time.
 */
public final class ConfigurationEditor {

    private static final String PREFIX = "CONFIG_";

    private final KconfigTree tree;
    private final UserSettings user;
    private final Evaluator evaluator;
    private final IncrementalUpdate update;
    private volatile ResolvedConfiguration current;

    /** A configuration of {@code tree} without settings: everything has its default. */
    public ConfigurationEditor(KconfigTree tree) {
        this(tree, null);
    }

    private ConfigurationEditor(KconfigTree tree, @Nullable IncrementalUpdate relative) {
        this.tree = tree;
        this.user = new UserSettings(tree);
        this.evaluator = new Evaluator(tree, user, d -> { });
        this.update = relative == null ? new IncrementalUpdate(evaluator) : relative.forEvaluator(evaluator);
        this.current = snapshot();
    }

    /** Another configuration of the same tree, with the same settings, that changes independently. */
    public synchronized ConfigurationEditor copy() {
        ConfigurationEditor copy = new ConfigurationEditor(tree, update);
        copy.user.copyFrom(user);
        copy.evaluator.choices().copyFrom(evaluator.choices());
        copy.update.computeAll();
        copy.current = copy.snapshot();
        return copy;
    }

    /** The tree. */
    public KconfigTree tree() {
        return tree;
    }

    /** The values after the last change. */
    public ResolvedConfiguration current() {
        return current;
    }

    private ResolvedConfiguration snapshot() {
        return user.snapshot((set, level, text) ->
                new ResolvedConfiguration(tree, evaluator.copyValues(), set, level, text));
    }

    /** Forgets all settings and takes those of a {@code .config} file, compressed or not. */
    public synchronized LoadReport load(String name, byte[] content) {
        Map<String, String> unknown = new LinkedHashMap<>();
        List<Diagnostic> diagnostics = new ArrayList<>();
        DotConfigReader reader = new DotConfigReader(tree, PREFIX, false, diagnostics::add);
        reader.readUser(name, content, evaluator, (symbol, value) -> unknown.put(symbol, Text.decode(value)));
        update.computeAll();
        ResolvedConfiguration now = snapshot();
        current = now;
        int settings = 0;
        Map<String, String> rejected = new LinkedHashMap<>();
        for (Symbol s : tree.symbols()) {
            if (now.isUserSet(s)) {
                settings++;
                if (!now.userValue(s).equals(now.values().value(s))) {
                    rejected.put(s.name(), Text.decode(now.values().value(s)));
                }
            }
        }
        return new LoadReport(settings, unknown, rejected, diagnostics);
    }

    /** Starts a transaction. */
    public Edit edit() {
        return new Edit(this);
    }

    /** The configuration as a {@code .config} file. */
    public synchronized byte[] toDotConfig() {
        return new ConfigWriter(evaluator, PREFIX).dotConfig()
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The settings that differ from the defaults, as a {@code .config} file. */
    public synchronized byte[] toDefconfig() {
        byte[] content = new ConfigWriter(evaluator, PREFIX).defconfig()
                .getBytes(StandardCharsets.ISO_8859_1);
        // Finding the differences takes symbols out of the file; they belong back into it.
        update.computeAll();
        return content;
    }

    private synchronized ResolvedConfiguration apply(Map<Symbol, @Nullable String> changes) {
        Set<Symbol> changed = new LinkedHashSet<>();
        for (Map.Entry<Symbol, @Nullable String> e : changes.entrySet()) {
            Symbol s = e.getKey();
            String value = e.getValue();
            changed.add(s);
            if (value == null) {
                user.clear(s.id());
                evaluator.choices().cleared(s);
            } else if (s.type().isLogical()) {
                user.set(s.id(), "nmy".indexOf(value.charAt(0)));
                evaluator.choices().edited(s);
            } else {
                user.set(s.id(), value);
            }
        }
        update.changed(changed);
        ResolvedConfiguration now = snapshot();
        current = now;
        return now;
    }

    /** Changes that take effect together. Confined to one thread. */
    public static final class Edit {

        private final ConfigurationEditor editor;
        private final Map<Symbol, @Nullable String> changes = new LinkedHashMap<>();

        private Edit(ConfigurationEditor editor) {
            this.editor = editor;
        }

        /**
         * Sets a symbol as a line of a {@code .config} file does: the setting is kept even where it cannot take effect
         * now. Texts are given without quotation marks.
         *
         * @throws IllegalArgumentException when there is no such symbol or the value does not fit its type
         */
        public Edit set(String symbol, String value) {
            Symbol s = find(symbol);
            String bytes = Text.encode(value);
            if (s.type() == SymbolType.UNKNOWN || !ValueSyntax.isValid(s.type(), bytes)
                    || s.type().isLogical() && !value.equals("y") && !value.equals("n")
                            && !(value.equals("m") && s.type() == SymbolType.TRISTATE)) {
                throw new IllegalArgumentException("'" + value + "' is no value of " + symbol + ", which is "
                        + s.type().keyword());
            }
            changes.put(s, bytes);
            return this;
        }

        /** Forgets the setting of a symbol. */
        public Edit unset(String symbol) {
            changes.put(find(symbol), null);
            return this;
        }

        private Symbol find(String symbol) {
            Symbol s = editor.tree.find(symbol);
            if (s == null || s.isConstant() || !s.isDefined()) {
                throw new IllegalArgumentException("no Kconfig file defines " + symbol);
            }
            return s;
        }

        /** Makes the changes and gives the configuration that results. */
        public ResolvedConfiguration commit() {
            ResolvedConfiguration result = editor.apply(changes);
            changes.clear();
            return result;
        }
    }
}
