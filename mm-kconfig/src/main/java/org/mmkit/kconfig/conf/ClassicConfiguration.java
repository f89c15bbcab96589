package org.mmkit.kconfig.conf;

import java.util.List;
import java.util.function.ToIntFunction;
import org.mmkit.kconfig.eval.ClassicChoices;
import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Symbol;

/**
 * Answers for everything that has none, with choices of the classic dialect: symbols without a prompt are given answers
 * too, in the order of the hash table, and choices are completed afterwards.
 */
final class ClassicConfiguration {

    private final Evaluator evaluator;
    private final ClassicChoices choices;
    private final KconfigTree tree;

    ClassicConfiguration(Evaluator evaluator, ClassicChoices choices) {
        this.evaluator = evaluator;
        this.choices = choices;
        this.tree = evaluator.tree();
    }

    /** Answers with one level. */
    void setAll(int level) {
        answer(true, s -> level == 0 && s.isOnInAllNo() ? 2 : level);
        complete();
    }

    /** Answers nothing, but completes choices. */
    void setDefaults() {
        complete();
    }

    private void complete() {
        evaluator.invalidateAll();
        choices.completeLater();
        for (Symbol choice : choices.all()) {
            if (!evaluator.user().isSet(choice.id())) {
                evaluator.calculate(choice);
                choices.completeSettings(choice);
            }
        }
    }

    /** Answers by chance, until nothing is left without an answer. */
    void setRandom(GlibcRandom random, Probability probability) {
        boolean changed = true;
        while (changed) {
            changed = answer(false, s -> probability.level(s.type(), random));
            evaluator.invalidateAll();
            for (Symbol choice : choices.all()) {
                if (evaluator.user().isSet(choice.id())) {
                    continue;
                }
                evaluator.calculate(choice);
                List<Symbol> members = choices.members(choice);
                if (evaluator.level(choice) == 2 && !members.isEmpty()) {
                    choices.pickMember(choice, members.get(random.next() % members.size()));
                    changed = true;
                }
            }
        }
    }

    private boolean answer(boolean choicesToo, ToIntFunction<Symbol> level) {
        boolean changed = false;
        for (int i = 0; i < tree.bucketOrderLength(); i++) {
            Symbol s = tree.inBucketOrder(i);
            if (!s.type().isLogical() || evaluator.user().isSet(s.id()) || evaluator.isCalculated(s)) {
                continue;
            }
            changed = true;
            int value = level.applyAsInt(s);
            if (s.isChoice() && !choicesToo) {
                evaluator.user().setLevelOnly(s.id(), value);
            } else {
                evaluator.user().set(s.id(), value);
            }
        }
        return changed;
    }
}
