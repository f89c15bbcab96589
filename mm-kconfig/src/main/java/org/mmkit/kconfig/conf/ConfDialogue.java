package org.mmkit.kconfig.conf;

import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.conf.ConfOptions.Mode;
import org.mmkit.kconfig.config.SymbolLines;
import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.eval.ValueSetter;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/** Asks the user, line by line, for the value of each symbol, or of each new one. */
final class ConfDialogue {

    private static final int IDLE_ROUNDS = 100;

    private final Evaluator evaluator;
    private final ValueSetter setter;
    private final KconfigTree tree;
    private final boolean classic;
    private final ConfIo io;
    private final SymbolHelp help;
    private final SymbolLines lines;
    private Mode mode;
    private MenuNode start;
    private int indent = 1;
    private int asked;
    private String line = "";
    private int asksAfterEnd;

    ConfDialogue(Evaluator evaluator, ConfIo io, String prefix, Mode mode) {
        this.evaluator = evaluator;
        this.setter = new ValueSetter(evaluator);
        this.tree = evaluator.tree();
        this.classic = tree.hasClassicChoices();
        this.io = io;
        this.help = new SymbolHelp(evaluator, prefix);
        this.lines = new SymbolLines(evaluator, prefix);
        this.mode = mode;
        this.start = tree.root();
    }

    /** Asks for everything, then for what the answers brought to light. */
    void askAll() {
        start = tree.root();
        visit(tree.root());
        mode = Mode.OLDCONFIG;
        askNew();
    }

    /** Asks for, or lists, new symbols until there are none. */
    void askNew() {
        int idle = 0;
        int known = -1;
        do {
            asked = 0;
            check(tree.root());
            int now = settings();
            idle = now == known ? idle + 1 : 0;
            known = now;
            if (asked > 0 && idle > IDLE_ROUNDS) {
                // A choice that can neither be answered nor counts as answered: the original would ask for ever.
                io.error("\nerror: no answer makes the configuration complete\n");
                throw new ConfExit(1);
            }
        } while (asked > 0);
    }

    private int settings() {
        int n = 0;
        for (int i = 0; i < tree.symbolCount(); i++) {
            n += evaluator.user().isSet(i) ? 1 : 0;
        }
        return n;
    }

    private void print(String text) {
        io.print(text);
    }

    private void pad(int width) {
        print(" ".repeat(Math.max(0, width)));
    }

    /** A character at the right end of a column of {@link #indent} characters. */
    private String mark(char c) {
        return " ".repeat(indent - 1) + c;
    }

    private void printHelp(MenuNode node) {
        print("\n" + help.of(node) + "\n");
    }

    /** Input has ended and answers cannot change any more: asking the same again would never end. */
    private void refuseEndlessAsking() {
        if (io.isEnded() && ++asksAfterEnd > 100) {
            io.error("\nerror: no usable answer at end of input\n");
            throw new ConfExit(1);
        }
    }

    /** Whether there is an answer in {@link #line} that decides; otherwise the symbol keeps its value. */
    private boolean ask(Symbol s, String present) {
        boolean known = evaluator.user().isSet(s.id());
        if (!known) {
            print("(NEW) ");
        }
        line = "\n";
        if (!evaluator.isChangeable(s) || known && (mode == Mode.OLDCONFIG || mode == Mode.SYNCCONFIG)) {
            print(present + "\n");
            return false;
        }
        refuseEndlessAsking();
        line = io.readLine(line);
        return true;
    }

    private void askText(MenuNode node, Symbol s, Property prompt) {
        while (true) {
            pad(indent - 1);
            String present = evaluator.value(s);
            print(prompt.text() + " (" + s.name() + ") [" + present + "] ");
            if (!ask(s, present)) {
                return;
            }
            String answer = present;
            if (line.equals("?\n")) {
                printHelp(node);
                answer = null;
            } else if (line.isEmpty() || line.charAt(0) != '\n') {
                answer = line.isEmpty() ? "" : line.substring(0, line.length() - 1);
            }
            if (answer != null && setter.setText(s, answer)) {
                asksAfterEnd = 0;
                return;
            }
            if (io.isEnded()) {
                io.error("\nerror: no value for new symbol '" + s.name() + "' at end of input\n");
                throw new ConfExit(1);
            }
        }
    }

    private void askLevel(MenuNode node, Symbol s, Property prompt) {
        while (true) {
            pad(indent - 1);
            print(prompt.text() + " ");
            print(inParentheses(s));
            int old = evaluator.level(s);
            StringBuilder question = new StringBuilder("[");
            question.append(old == 0 ? 'N' : old == 1 ? 'M' : 'Y');
            for (int i = 0; i < 3; i++) {
                if (old != i && evaluator.isWithinRange(s, i)) {
                    question.append(i == 0 ? "/n" : i == 1 ? "/m" : "/y");
                }
            }
            print(question + "/?] ");
            if (!ask(s, evaluator.value(s))) {
                return;
            }
            int wanted = level(strip(line), old);
            if (wanted == REPEAT) {
                continue;
            }
            if (wanted != HELP && setter.setLevel(s, wanted)) {
                asksAfterEnd = 0;
                return;
            }
            printHelp(node);
        }
    }

    private static final int REPEAT = -1;
    private static final int HELP = -2;

    private static int level(String answer, int old) {
        return switch (answer) {
            case "" -> old;
            case "n", "N", "no", "No" -> 0;
            case "m", "M" -> 1;
            case "y", "Y", "yes", "Yes" -> 2;
            default -> answer.charAt(0) == '?' ? HELP : REPEAT;
        };
    }

    /** Without leading and trailing white space as C knows it. */
    static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private static String inParentheses(Symbol s) {
        return s.name().isEmpty() ? "" : "(" + s.name() + ") ";
    }

    /** Asks for the mode of a choice that has one; whether its members are to be asked for one of them. */
    private boolean askMode(MenuNode node, Symbol choice, Property prompt) {
        boolean open = evaluator.isChangeable(choice);
        if (open) {
            askLevel(node, choice, prompt);
            evaluator.calculate(choice);
        }
        int level = evaluator.level(choice);
        if (level == 1 && !open) {
            pad(indent - 1);
            print(SymbolHelp.promptText(node) + "\n");
        }
        return level == 2;
    }

    private void askChoice(MenuNode node, Symbol choice, Property prompt) {
        boolean fresh = classic && !evaluator.user().isSet(choice.id());
        if (classic && !askMode(node, choice, prompt)) {
            return;
        }
        while (true) {
            pad(indent - 1);
            print(SymbolHelp.promptText(node) + "\n");
            Symbol chosen = evaluator.choices().calculate(node);
            int count = 0;
            int preset = 0;
            line = "";
            for (MenuNode child = node.firstChild(); child != null; child = child.next()) {
                if (!evaluator.isShown(child)) {
                    continue;
                }
                Symbol s = child.symbol();
                String text = SymbolHelp.promptText(child);
                if (s == null) {
                    print(mark('*') + " " + text + "\n");
                    continue;
                }
                count++;
                if (s == chosen) {
                    preset = count;
                }
                print(mark(s == chosen ? '>' : ' ') + " " + count + ". " + text + " (" + s.name() + ")");
                if (!evaluator.user().isSet(s.id())) {
                    fresh |= !classic;
                    print(" (NEW)");
                }
                print("\n");
            }
            pad(indent - 1);
            print("choice");
            int number;
            if (count == 1) {
                print("[1]: 1\n");
                number = 1;
            } else {
                print("[1-" + count + "?]: ");
                if ((mode == Mode.OLDCONFIG || mode == Mode.SYNCCONFIG) && !fresh) {
                    number = preset;
                    print(number + "\n");
                } else {
                    refuseEndlessAsking();
                    line = strip(io.readLine(""));
                    if (line.startsWith("?")) {
                        printHelp(node);
                        continue;
                    }
                    if (line.isEmpty()) {
                        number = preset;
                    } else if (Character.digit(line.charAt(0), 10) >= 0 && line.charAt(0) < 128) {
                        number = leadingNumber(line);
                    } else {
                        continue;
                    }
                }
            }
            MenuNode picked = shownChild(node, number);
            Symbol member = picked == null ? null : picked.symbol();
            if (picked == null || member == null) {
                if (number == 0 && count == 0) {
                    refuseEndlessAsking();
                }
                continue;
            }
            if (line.endsWith("?")) {
                printHelp(picked);
                continue;
            }
            asksAfterEnd = 0;
            evaluator.choices().choose(node, member);
            if (classic) {
                indent += 2;
                for (MenuNode child = picked.firstChild(); child != null; child = child.next()) {
                    visit(child);
                }
                indent -= 2;
            }
            return;
        }
    }

    private static int leadingNumber(String text) {
        long n = 0;
        for (int i = 0; i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9'; i++) {
            n = Math.min(n * 10 + text.charAt(i) - '0', Integer.MAX_VALUE);
        }
        return (int) n;
    }

    private @Nullable MenuNode shownChild(MenuNode node, int number) {
        int left = number;
        for (MenuNode child = node.firstChild(); child != null; child = child.next()) {
            if (child.symbol() != null && evaluator.isShown(child) && --left == 0) {
                return child;
            }
        }
        return null;
    }

    private void visit(MenuNode node) {
        if (!evaluator.isShown(node)) {
            return;
        }
        Symbol s = node.symbol();
        Property prompt = node.prompt();
        if (prompt != null && (prompt.kind() == PropertyKind.MENU || prompt.kind() == PropertyKind.COMMENT)) {
            if (prompt.kind() == PropertyKind.MENU && mode != Mode.OLDASKCONFIG && start != node) {
                check(node);
                return;
            }
            print(mark('*') + "\n" + mark('*') + " " + prompt.text() + "\n" + mark('*') + "\n");
        }
        if (s != null && prompt != null) {
            if (s.isChoice()) {
                askChoice(node, s, prompt);
                if (!classic || evaluator.level(s) != 1) {
                    return;
                }
            } else if (s.type().isLogical() || s.type() == SymbolType.UNKNOWN) {
                askLevel(node, s, prompt);
            } else {
                askText(node, s, prompt);
            }
        }
        if (s != null) {
            indent += 2;
        }
        for (MenuNode child = node.firstChild(); child != null; child = child.next()) {
            visit(child);
        }
        if (s != null) {
            indent -= 2;
        }
    }

    private void check(MenuNode node) {
        if (!evaluator.isShown(node)) {
            return;
        }
        Symbol s = node.symbol();
        if (s != null && !evaluator.user().isSet(s.id())
                && (evaluator.isChangeable(s) || classic && s.isChoice() && evaluator.level(s) == 2)) {
            if (mode == Mode.LISTNEWCONFIG) {
                if (!s.name().isEmpty()) {
                    StringBuilder out = new StringBuilder();
                    lines.listed(out, s);
                    print(out.toString());
                }
            } else if (mode == Mode.HELPNEWCONFIG) {
                print("-----\n");
                printHelp(node);
                print("-----\n");
            } else {
                if (asked++ == 0) {
                    print("*\n* Restart config...\n*\n");
                }
                start = enclosingMenu(node);
                visit(start);
            }
        }
        for (MenuNode child = node.firstChild(); child != null; child = child.next()) {
            check(child);
        }
    }

    private MenuNode enclosingMenu(MenuNode node) {
        MenuNode n = node;
        while (n != tree.root()) {
            Property p = n.prompt();
            if (p != null && p.kind() == PropertyKind.MENU) {
                break;
            }
            MenuNode up = n.parent();
            if (up == null) {
                break;
            }
            n = up;
        }
        return n;
    }
}
