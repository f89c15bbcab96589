package org.mmkit.kconfig.conf;

import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Symbol;

/** Answers every question that has no answer yet with one level; choices keep their defaults. */
final class AllConfiguration {

    private AllConfiguration() {
    }

    static void set(Evaluator evaluator, int level) {
        KconfigTree tree = evaluator.tree();
        MenuNode root = tree.root();
        for (MenuNode node = root.following(root); node != null; node = node.following(root)) {
            Symbol s = node.symbol();
            if (s != null && !s.isChoice() && isOpen(evaluator, node, s)) {
                evaluator.user().set(s.id(), level == 0 && s.isOnInAllNo() ? 2 : level);
            }
        }
        evaluator.invalidateAll();
    }

    /** Whether the node asks for a bool or tristate without an answer that is no member of a choice. */
    static boolean isOpen(Evaluator evaluator, MenuNode node, Symbol s) {
        return node.prompt() != null && !evaluator.user().isSet(s.id()) && s.type().isLogical()
                && !s.isChoiceMember();
    }
}
