package org.mmkit.kconfig.conf;

import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.eval.ExprText;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprComparison;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;

/** The help that the dialogue prints for an entry: its text, then everything known about the symbol. */
final class SymbolHelp {

    private static final int LEVELS = 8;

    private final Evaluator evaluator;
    private final KconfigTree tree;
    private final String prefix;

    SymbolHelp(Evaluator evaluator, String prefix) {
        this.evaluator = evaluator;
        this.tree = evaluator.tree();
        this.prefix = prefix;
    }

    String of(MenuNode node) {
        StringBuilder out = new StringBuilder();
        Symbol s = node.symbol();
        String help = node.help();
        if (help == null) {
            out.append("There is no help available for this option.");
        } else {
            if (s != null && !s.isChoice()) {
                out.append(prefix).append(s.name()).append(":\n\n");
            }
            out.append(help);
        }
        out.append('\n');
        if (s != null) {
            describe(out, s);
        }
        return out.toString();
    }

    private void describe(StringBuilder out, Symbol s) {
        if (!s.isChoice()) {
            out.append("Symbol: ").append(s.name()).append(" [=").append(evaluator.value(s)).append("]\n");
            out.append("Type  : ").append(s.type().label()).append('\n');
            Property range = s.type().isNumeric() ? evaluator.activeRange(s) : null;
            if (range != null) {
                out.append("Range : ");
                ExprText.append(out, evaluator, range.value());
                out.append('\n');
            }
        }
        for (MenuNode n = s.firstNode(); n != null; n = n.nextOfSymbol()) {
            Property prompt = n.prompt();
            if (prompt != null) {
                definedAt(out, n);
                describePrompt(out, n, prompt);
            }
        }
        for (MenuNode n = s.firstNode(); n != null; n = n.nextOfSymbol()) {
            if (n.prompt() == null) {
                definedAt(out, n);
                dependency(out, n.dependency(), "  Depends on: ");
            }
        }
        targets(out, s, PropertyKind.SELECT, "Selects: ");
        sources(out, s.reverseDependency(), "Selected by");
        targets(out, s, PropertyKind.IMPLY, "Implies: ");
        sources(out, s.impliedBy(), "Implied by");
        out.append("\n\n");
    }

    private static void definedAt(StringBuilder out, MenuNode n) {
        out.append("Defined at ").append(n.file()).append(':').append(n.line()).append('\n');
    }

    private void dependency(StringBuilder out, @Nullable Expr e, String title) {
        if (!ExprComparison.isYes(tree, e)) {
            out.append(title);
            ExprText.append(out, evaluator, e);
            out.append('\n');
        }
    }

    private void targets(StringBuilder out, Symbol s, PropertyKind kind, String title) {
        boolean hit = false;
        for (Property p = s.firstProperty(); p != null; p = p.next()) {
            if (p.kind() == kind) {
                out.append(hit ? " && " : title);
                hit = true;
                ExprText.append(out, evaluator, p.value());
            }
        }
        if (hit) {
            out.append('\n');
        }
    }

    private void sources(StringBuilder out, @Nullable Expr e, String title) {
        if (e != null) {
            ExprText.appendSelectors(out, evaluator, e, 2, title + " [y]:\n");
            ExprText.appendSelectors(out, evaluator, e, 1, title + " [m]:\n");
            ExprText.appendSelectors(out, evaluator, e, 0, title + " [n]:\n");
        }
    }

    private void describePrompt(StringBuilder out, MenuNode node, Property prompt) {
        out.append("  Prompt: ").append(prompt.text()).append('\n');
        dependency(out, node.dependency(), "  Depends on: ");
        if (!ExprComparison.equal(tree, node.dependency(), prompt.condition())) {
            dependency(out, prompt.condition(), "  Visible if: ");
        }
        MenuNode[] path = new MenuNode[LEVELS];
        int n = 0;
        boolean found = false;
        for (MenuNode m = node; m != null && m != tree.root() && n < LEVELS; m = m.parent()) {
            path[n++] = m;
            // Looking computes values, which the texts below show.
            found = found || evaluator.isShown(m);
        }
        out.append("  Location:\n");
        for (int i = n - 1, indent = 4; i >= 0; i--, indent += 2) {
            Symbol s = path[i].symbol();
            out.append(" ".repeat(indent)).append("-> ").append(promptText(path[i]));
            if (s != null) {
                out.append(" (").append(s).append(" [=").append(evaluator.value(s)).append("])");
            }
            out.append('\n');
        }
    }

    /** The text of the entry, or its name when it has none. */
    static String promptText(MenuNode node) {
        Property p = node.prompt();
        if (p != null) {
            return p.text();
        }
        Symbol s = node.symbol();
        return s == null ? "(null)" : s.name();
    }
}
