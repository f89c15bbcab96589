package org.mmkit.kconfig.conf;

import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.eval.PriorityChoices;
import org.mmkit.kconfig.eval.UserSettings;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Symbol;

/** Answers every open question by chance; the same seed gives the same answers as the original does. */
final class RandomConfiguration {

    private final Evaluator evaluator;
    private final GlibcRandom random;
    private final PriorityChoices order;
    private final Probability probability;

    RandomConfiguration(Evaluator evaluator, PriorityChoices order, GlibcRandom random, Probability probability) {
        this.order = order;
        this.evaluator = evaluator;
        this.random = random;
        this.probability = probability;
    }

    void set() {
        KconfigTree tree = evaluator.tree();
        MenuNode root = tree.root();
        for (MenuNode node = root.following(root); node != null; node = node.following(root)) {
            Symbol s = node.symbol();
            if (s == null || !AllConfiguration.isOpen(evaluator, node, s)) {
                continue;
            }
            if (s.isChoice()) {
                shuffle(node);
                continue;
            }
            evaluator.user().set(s.id(), probability.level(s.type(), random));
        }
        evaluator.invalidateAll();
    }

    /** Says y to all open members, in random order of priority, below the ones that are set. */
    private void shuffle(MenuNode choice) {
        UserSettings user = evaluator.user();
        int open = 0;
        for (MenuNode m = choice.following(choice); m != null; m = m.following(choice)) {
            Symbol s = m.symbol();
            if (s != null && !user.isSet(s.id())) {
                open++;
            }
        }
        for (; open > 0; open--) {
            int x = random.next() % open;
            for (MenuNode m = choice.following(choice); m != null; m = m.following(choice)) {
                Symbol s = m.symbol();
                if (s == null) {
                    continue;
                }
                if (!user.isSet(s.id())) {
                    x--;
                }
                if (x < 0) {
                    user.set(s.id(), 2);
                    order.toBack(choice, s);
                    break;
                }
            }
        }
    }
}
