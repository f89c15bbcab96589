package org.mmkit.kconfig.conf;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.eval.UserSettings;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/** Answers every open question by chance; the same seed gives the same answers as the original does. */
final class RandomConfiguration {

    private final Evaluator evaluator;
    private final GlibcRandom random;
    private final ConfIo io;
    /** Percentages: bool y, tristate y, tristate m. */
    private int boolYes = 50;
    private int triYes = 33;
    private int triMod = 33;

    RandomConfiguration(Evaluator evaluator, GlibcRandom random, ConfIo io) {
        this.evaluator = evaluator;
        this.random = random;
        this.io = io;
    }

    /** Starts the generator from {@code KCONFIG_SEED}, or from the clock, and prints the seed. */
    static GlibcRandom seed(@Nullable String text, ConfIo io) {
        int seed;
        CNumber number = text == null || text.isEmpty() ? null : CNumber.parse(text, 0);
        if (text != null && number != null && number.end() == text.length()) {
            seed = (int) number.value();
        } else {
            long micros = System.nanoTime() / 1000 % 1_000_000;
            seed = (int) ((System.currentTimeMillis() / 1000 + 1) * (micros + 1));
        }
        io.print("KCONFIG_SEED=0x" + Integer.toHexString(seed).toUpperCase(Locale.ROOT) + "\n");
        return new GlibcRandom(seed);
    }

    void set(@Nullable String probability) {
        if (probability != null) {
            readProbability(probability);
        }
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
            int x = random.next() % 100;
            int level;
            if (s.type() == SymbolType.TRISTATE) {
                level = x < triYes ? 2 : x < triYes + triMod ? 1 : 0;
            } else {
                level = x < boolYes ? 2 : 0;
            }
            evaluator.user().set(s.id(), level);
        }
        evaluator.invalidateAll();
    }

    private void readProbability(String text) {
        int[] p = new int[3];
        int n = 0;
        int at = 0;
        while (at < text.length() && n < 3) {
            String rest = text.substring(at);
            CNumber number = CNumber.parse(rest, 10);
            if (number.value() < 0 || number.value() > 100) {
                throw outOfRange();
            }
            p[n++] = (int) number.value();
            at += number.end();
            if (at < text.length() && text.charAt(at) == ':') {
                at++;
            }
        }
        switch (n) {
            case 1 -> {
                boolYes = p[0];
                triMod = boolYes / 2;
                triYes = boolYes - triMod;
            }
            case 2 -> {
                triYes = p[0];
                triMod = p[1];
                boolYes = triYes + triMod;
            }
            case 3 -> {
                boolYes = p[0];
                triYes = p[1];
                triMod = p[2];
            }
            default -> {
            }
        }
        if (triYes + triMod > 100) {
            throw outOfRange();
        }
    }

    private ConfExit outOfRange() {
        io.error("KCONFIG_PROBABILITY: Numerical result out of range\n");
        return new ConfExit(1);
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
                    evaluator.choices().toBack(choice, s);
                    break;
                }
            }
        }
    }
}
