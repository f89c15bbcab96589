package org.mmkit.kconfig.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;

/**
 * Makes the content of configuration files. The result has one byte of the file in each char.
 *
 * <p>Values are computed as far as the files need them.
 */
public final class ConfigWriter {

    private final KconfigTree tree;
    private final Evaluator evaluator;
    private final SymbolLines lines;

    /** A writer of the present values of {@code evaluator}. */
    public ConfigWriter(Evaluator evaluator, String prefix) {
        this.tree = evaluator.tree();
        this.evaluator = evaluator;
        this.lines = new SymbolLines(evaluator, prefix);
    }

    private void heading(StringBuilder out, String first, String middle, String last) {
        out.append(first).append('\n').append(middle).append(" Automatically generated file; DO NOT EDIT.\n")
                .append(middle).append(' ').append(tree.title()).append('\n').append(last).append('\n');
    }

    /** A complete {@code .config}, in the order of the menus. */
    public String dotConfig() {
        StringBuilder out = new StringBuilder(1 << 18);
        heading(out, "#", "#", "#");
        boolean[] done = new boolean[tree.symbolCount()];
        boolean gap = false;
        MenuNode root = tree.root();
        MenuNode node = root.firstChild();
        while (node != null) {
            Symbol s = node.symbol();
            if (s == null) {
                Property prompt = node.prompt();
                if (prompt != null && evaluator.isShown(node)) {
                    out.append("\n#\n# ").append(prompt.text()).append("\n#\n");
                    gap = false;
                }
            } else if (!s.isChoice() && !done[s.id()]) {
                evaluator.calculate(s);
                if (evaluator.isWritten(s)) {
                    if (gap) {
                        out.append('\n');
                        gap = false;
                    }
                    done[s.id()] = true;
                    lines.dotConfig(out, s);
                }
            }
            MenuNode child = node.firstChild();
            if (child != null) {
                node = child;
                continue;
            }
            MenuNode up = node;
            node = null;
            while (up != null) {
                if (endsMenu(up, root)) {
                    Property title = up.prompt();
                    out.append("# end of ").append(title == null ? "" : title.text()).append('\n');
                    gap = true;
                }
                node = up.next();
                if (node != null) {
                    break;
                }
                up = up.parent();
            }
        }
        return out.toString();
    }

    private boolean endsMenu(MenuNode node, MenuNode root) {
        Property prompt = node.prompt();
        return tree.dialect().endsMenus() && node.symbol() == null && node != root && prompt != null && prompt.kind() == PropertyKind.MENU
                && evaluator.isShown(node);
    }

    /** The shortest {@code .config} that gives the same values: what differs from the defaults. */
    public String defconfig() {
        evaluator.invalidateAll();
        StringBuilder out = new StringBuilder(1 << 14);
        MenuNode root = tree.root();
        for (MenuNode node = root.following(root); node != null; node = node.following(root)) {
            Symbol s = node.symbol();
            if (s == null || s.isChoice()) {
                continue;
            }
            evaluator.calculate(s);
            if (!evaluator.isWritten(s)) {
                continue;
            }
            evaluator.clearWritten(s);
            if (!evaluator.isChangeable(s) || evaluator.value(s).equals(evaluator.defaultValue(s))
                    || evaluator.choices().isFallback(s)) {
                continue;
            }
            lines.dotConfig(out, s);
        }
        return out.toString();
    }

    /** {@code auto.conf}. */
    public String autoConf() {
        StringBuilder out = new StringBuilder(1 << 16);
        heading(out, "#", "#", "#");
        each(out, lines::autoConf);
        return out.toString();
    }

    /** {@code autoconf.h}. */
    public String header() {
        StringBuilder out = new StringBuilder(1 << 17);
        heading(out, "/*", " *", " */");
        each(out, lines::header);
        return out.toString();
    }

    /** {@code rustc_cfg}. */
    public String rustc() {
        StringBuilder out = new StringBuilder(1 << 17);
        each(out, lines::rustc);
        return out.toString();
    }

    private void each(StringBuilder out, BiConsumer<StringBuilder, Symbol> line) {
        for (int i = 0; i < tree.bucketOrderLength(); i++) {
            Symbol s = tree.inBucketOrder(i);
            if (evaluator.isWritten(s) && !s.isChoice()) {
                line.accept(out, s);
            }
        }
    }

    /** {@code auto.conf.cmd}: what the configuration was made from, for make. */
    public String commands(String autoConfName) {
        StringBuilder out = new StringBuilder(1 << 16);
        if (tree.hasClassicChoices()) {
            out.append("deps_config := \\\n");
            List<String> files = new ArrayList<>(tree.files());
            Collections.reverse(files);
            files.forEach(file -> out.append('\t').append(file).append(" \\\n"));
            out.append('\n').append(autoConfName).append(": $(deps_config)\n\n");
            tree.environment().forEach((name, value) -> out.append("ifneq \"$(").append(name).append(")\" \"")
                    .append(value).append("\"\n").append(autoConfName).append(": FORCE\nendif\n"));
            return out.append("\n$(deps_config): ;\n").toString();
        }
        out.append("autoconfig := ").append(autoConfName).append("\n\ndeps_config := \\\n");
        for (String file : tree.files()) {
            out.append('\t').append(file).append(" \\\n");
        }
        out.append("\n$(autoconfig): $(deps_config)\n$(deps_config): ;\n");
        tree.environment().forEach((name, value) -> out.append("\nifneq \"$(").append(name).append(")\" \"")
                .append(value).append("\"\n$(autoconfig): FORCE\nendif\n"));
        return out.toString();
    }
}
