package org.mmkit.kconfig.macro;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.Depth;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.Text;

/**
 * Expands {@code $(…)}: arguments of user functions, variables, built-in functions, and the environment, looked
 * up in this order. Source of the rules: Documentation/kbuild/kconfig-macro-language.rst.
 *
 * <p>Hostile input cannot make it run away: nesting and the total length of one expansion are bounded.
 * Confined to one thread.
 */
public final class MacroExpander {

    /** How a variable was assigned. */
    public enum Flavor {
        /** {@code =}: expanded at each use. */
        RECURSIVE,
        /** {@code :=}: expanded at the assignment. */
        SIMPLE,
        /** {@code +=}: keeps the flavour that the variable has. */
        APPEND
    }

    private static final int MAX_ARGUMENTS = 16;
    private static final int MAX_RECURSION = 1000;
    private static final int MAX_NESTING = 20_000;
    private static final long MAX_WORK = 1L << 25;
    private static final List<String> NO_ARGUMENTS = List.of();

    private final Map<String, String> environment;
    private final MacroShell shell;
    private final Diagnostic.Sink sink;
    private final BiConsumer<String, String> environmentUse;
    private final Map<String, Variable> variables = new HashMap<>();
    private final Depth depth = new Depth();
    private int nesting;
    private long work;
    private String file = "";
    private int line;
    private int cursor;

    /**
     * An expander.
     *
     * @param environmentUse told the name and value of each variable of the environment that is read
     */
    public MacroExpander(Map<String, String> environment, MacroShell shell, Diagnostic.Sink sink,
            BiConsumer<String, String> environmentUse) {
        this.environment = environment;
        this.shell = shell;
        this.sink = sink;
        this.environmentUse = environmentUse;
    }

    private static final class Variable {
        private String value = "";
        private Flavor flavor = Flavor.RECURSIVE;
        private int active;
    }

    /** How many chars of its input the last expansion used up. */
    public int consumed() {
        return cursor;
    }

    /** Expands the word at the beginning of {@code rest}, which is the rest of a line. */
    public String expandWord(String rest, String atFile, int atLine) {
        begin(atFile, atLine);
        return expand(rest, true, NO_ARGUMENTS);
    }

    /** Expands the reference whose opening parenthesis begins {@code rest}; the dollar sign is before it. */
    public String expandReference(String rest, String atFile, int atLine) {
        begin(atFile, atLine);
        cursor = 0;
        return reference(rest, NO_ARGUMENTS);
    }

    /** The value of a variable or of the environment; empty when there is neither. */
    public String valueOf(String name, String atFile, int atLine) {
        begin(atFile, atLine);
        return call(name, NO_ARGUMENTS);
    }

    /** Assigns to a variable. */
    public void assign(String name, String value, Flavor flavor, String atFile, int atLine) {
        begin(atFile, atLine);
        Variable v = variables.get(name);
        boolean append = v != null && flavor == Flavor.APPEND;
        if (v == null) {
            v = new Variable();
            variables.put(name, v);
        }
        if (flavor != Flavor.APPEND) {
            v.flavor = flavor;
        }
        String text = v.flavor == Flavor.SIMPLE ? expand(value, false, NO_ARGUMENTS) : value;
        if (append) {
            spend(v.value.length());
        }
        v.value = append ? v.value + " " + text : text;
    }

    private void begin(String atFile, int atLine) {
        file = atFile;
        line = atLine;
        work = 0;
        nesting = 0;
    }

    private void spend(long chars) {
        work += chars;
        if (work > MAX_WORK) {
            throw fail("expansion is too long");
        }
    }

    private KconfigException fail(String message) {
        Diagnostic d = Diagnostic.at(Diagnostic.Severity.ERROR, file, line, message);
        sink.report(d);
        return new KconfigException(d);
    }

    private static boolean isWordChar(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-';
    }

    /** Expands all references in {@code in}, up to the first char that ends a word if {@code word}. */
    private String expand(String in, boolean word, List<String> arguments) {
        if (!word && in.indexOf('$') < 0) {
            spend(in.length() + 1L);
            return in;
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        int p = 0;
        while (true) {
            if (p < in.length() && in.charAt(p) == '$') {
                out.append(in, from, p);
                cursor = p + 1;
                String value = reference(in, arguments);
                p = cursor;
                from = p;
                out.append(value);
                spend(value.length() + 1L);
                continue;
            }
            if (p == in.length() || word && !isWordChar(in.charAt(p))) {
                break;
            }
            p++;
        }
        out.append(in, from, p);
        spend(p);
        cursor = p;
        return out.toString();
    }

    /** Expands the reference after a dollar sign; {@link #cursor} goes from its parenthesis to its end. */
    private String reference(String in, List<String> arguments) {
        int p = cursor;
        if (p >= in.length() || in.charAt(p) != '(') {
            return "$";
        }
        p++;
        int nest = 0;
        int q = p;
        while (q < in.length()) {
            char c = in.charAt(q);
            if (c == '(') {
                nest++;
            } else if (c == ')' && nest-- == 0) {
                break;
            }
            q++;
        }
        if (q == in.length()) {
            throw fail("unterminated reference to '" + in.substring(p) + "': missing ')'");
        }
        spend(q - p);
        String value = clause(in.substring(p, q), arguments);
        cursor = q + 1;
        return value;
    }

    private String clause(String text, List<String> arguments) {
        String argument = numbered(text, arguments);
        if (argument != null) {
            return argument;
        }
        if (++nesting > MAX_NESTING) {
            throw fail("Too deep recursive expansion");
        }
        String[] result = new String[1];
        if (depth.enter()) {
            depth.hop(() -> result[0] = call(text, arguments));
        } else {
            result[0] = call(text, arguments);
        }
        depth.leave();
        nesting--;
        return result[0];
    }

    /** The argument that {@code text} is the number of; null when it is none. */
    private static @Nullable String numbered(String text, List<String> arguments) {
        if (arguments.isEmpty()) {
            return null;
        }
        int i = 0;
        while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) >= '\t' && text.charAt(i) <= '\r')) {
            i++;
        }
        if (i < text.length() && text.charAt(i) == '+') {
            i++;
        }
        int n = 0;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || n > MAX_ARGUMENTS) {
                return null;
            }
            n = n * 10 + c - '0';
        }
        return n > 0 && n <= arguments.size() ? arguments.get(n - 1) : null;
    }

    private String call(String text, List<String> arguments) {
        List<String> parts = split(text);
        String name = expand(parts.get(0), false, arguments);
        List<String> values = new ArrayList<>(parts.size() - 1);
        for (int i = 1; i < parts.size(); i++) {
            values.add(expand(parts.get(i), false, arguments));
        }
        Variable v = variables.get(name);
        if (v != null) {
            return use(name, v, values);
        }
        String result = builtin(name, values);
        if (result != null) {
            return result;
        }
        if (values.isEmpty() && !name.isEmpty()) {
            String value = environment.get(Text.decode(name));
            if (value != null) {
                String bytes = Text.encode(value);
                environmentUse.accept(name, bytes);
                return bytes;
            }
        }
        return "";
    }

    private List<String> split(String text) {
        List<String> parts = new ArrayList<>(4);
        int nest = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ',' && nest == 0) {
                addPart(parts, text.substring(from, i));
                from = i + 1;
            } else if (c == '(') {
                nest++;
            } else if (c == ')') {
                nest--;
            }
        }
        addPart(parts, text.substring(from));
        return parts;
    }

    private void addPart(List<String> parts, String part) {
        if (parts.size() >= MAX_ARGUMENTS) {
            throw fail("too many function arguments");
        }
        parts.add(part);
    }

    private String use(String name, Variable v, List<String> values) {
        if (values.isEmpty() && v.active > 0) {
            throw fail("Recursive variable '" + name + "' references itself (eventually)");
        }
        if (v.active > MAX_RECURSION) {
            throw fail("Too deep recursive expansion");
        }
        v.active++;
        String result = v.flavor == Flavor.RECURSIVE ? expand(v.value, false, values) : v.value;
        v.active--;
        return result;
    }

    private @Nullable String builtin(String name, List<String> values) {
        switch (name) {
            case "shell":
                arity(name, values, 1);
                return shell(values.get(0));
            case "error-if":
                arity(name, values, 2);
                if (values.get(0).equals("y")) {
                    throw fail(values.get(1));
                }
                return "";
            case "warning-if":
                arity(name, values, 2);
                if (values.get(0).equals("y")) {
                    sink.report(Diagnostic.at(Diagnostic.Severity.WARNING, file, line, values.get(1)));
                }
                return "";
            case "info":
                arity(name, values, 1);
                sink.report(Diagnostic.text(Diagnostic.Severity.INFO, values.get(0)));
                return "";
            case "filename":
                arity(name, values, 0);
                return file;
            case "lineno":
                arity(name, values, 0);
                return Integer.toString(line);
            default:
                return null;
        }
    }

    private void arity(String name, List<String> values, int count) {
        if (values.size() < count) {
            throw fail("too few function arguments passed to '" + name + "'");
        }
        if (values.size() > count) {
            throw fail("too many function arguments passed to '" + name + "'");
        }
    }

    private String shell(String command) {
        String answer;
        try {
            answer = shell.run(command);
        } catch (IOException e) {
            throw fail("$(shell," + command + "): " + e.getMessage());
        }
        return answerText(answer);
    }

    /** An answer as it becomes part of a text: without line ends at its end, other line ends as blanks. */
    static String answerText(String answer) {
        // A C string of at most 4095 bytes: the answer ends at a NUL byte.
        int n = Math.min(answer.length(), MacroShell.ANSWER_LIMIT);
        while (n > 0 && answer.charAt(n - 1) == '\n') {
            n--;
        }
        int nul = answer.indexOf('\0');
        return answer.substring(0, nul >= 0 && nul < n ? nul : n).replace('\n', ' ');
    }
}
