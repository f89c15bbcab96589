package org.mmkit.kconfig.config;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.eval.UserSettings;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.model.ValueSyntax;

/**
 * Reads {@code .config} and {@code auto.conf} files. Lines that make no sense are reported and skipped, as the
 * kernel's tools do.
 */
public final class DotConfigReader {

    private final KconfigTree tree;
    private final String prefix;
    private final Diagnostic.Sink sink;
    private final boolean warnUnknown;
    private int warnings;
    private String file = "";
    private int line;

    /**
     * A reader.
     *
     * @param prefix what comes before each symbol's name, {@code CONFIG_}
     * @param warnUnknown whether symbols that the tree does not have are reported
     */
    public DotConfigReader(KconfigTree tree, String prefix, boolean warnUnknown, Diagnostic.Sink sink) {
        this.tree = tree;
        this.prefix = prefix;
        this.warnUnknown = warnUnknown;
        this.sink = sink;
    }

    /** Told the names that the tree does not have. */
    @FunctionalInterface
    public interface UnknownNames {

        /** Takes the name and the value as written. */
        void unknown(String name, String value);
    }

    /** The warnings of the last file. */
    public int warnings() {
        return warnings;
    }

    /** Replaces all settings by those of a {@code .config} file. */
    public void readUser(String name, byte[] content, Evaluator evaluator, UnknownNames unknown) {
        clear(evaluator.user());
        evaluator.forgetAll();
        evaluator.choices().clear();
        read(name, content, evaluator.user(), evaluator, unknown);
    }

    /** Reads an {@code auto.conf}, where texts are not quoted, into {@code settings}. */
    public void readAuto(String name, byte[] content, UserSettings settings, UnknownNames unknown) {
        clear(settings);
        read(name, content, settings, null, unknown);
    }

    private void clear(UserSettings settings) {
        for (int i = 0; i < tree.symbolCount(); i++) {
            settings.clear(i);
        }
    }

    private void read(String name, byte[] content, UserSettings settings, @Nullable Evaluator evaluator,
            UnknownNames unknown) {
        file = name;
        line = 0;
        warnings = 0;
        int from = 0;
        while (from < content.length) {
            int end = from;
            while (end < content.length && content[end] != '\n') {
                end++;
            }
            line++;
            int stop = end < content.length && end > from && content[end - 1] == '\r' ? end - 1 : end;
            readLine(text(content, from, stop), settings, evaluator, unknown);
            from = end + 1;
        }
    }

    private static String text(byte[] content, int from, int end) {
        int stop = from;
        while (stop < end && content[stop] != 0) {
            stop++;
        }
        return new String(content, from, stop - from, StandardCharsets.ISO_8859_1);
    }

    private void warn(String message) {
        warnings++;
        sink.report(Diagnostic.warning(file, line, message));
    }

    private void readLine(String text, UserSettings settings, @Nullable Evaluator evaluator, UnknownNames unknown) {
        if (text.isEmpty()) {
            return;
        }
        String name;
        String value;
        if (text.charAt(0) == '#') {
            int start = 2 + prefix.length();
            if (!text.startsWith(" ", 1) || !text.startsWith(prefix, 2)) {
                return;
            }
            int blank = text.indexOf(' ', start);
            String rest = blank < 0 ? "" : text.substring(blank + 1);
            // Before 6.10 anything could follow.
            if (!rest.equals("is not set") && !(tree.hasClassicChoices() && rest.startsWith("is not set"))) {
                return;
            }
            name = text.substring(start, blank);
            value = "n";
        } else {
            int equals = text.startsWith(prefix) ? text.indexOf('=', prefix.length()) : -1;
            if (equals < 0 && tree.hasClassicChoices() && text.startsWith(prefix)) {
                return;
            }
            if (equals < 0) {
                warn("unexpected data: " + text);
                return;
            }
            name = text.substring(prefix.length(), equals);
            value = text.substring(equals + 1);
        }
        Symbol symbol = tree.find(name);
        if (symbol == null) {
            if (evaluator != null) {
                if (warnUnknown) {
                    warn("unknown symbol: " + name);
                }
                evaluator.setChanged(true);
            }
            unknown.unknown(name, value);
            return;
        }
        if (settings.isSet(symbol.id())) {
            warn("override: reassigning to symbol " + symbol.name());
        }
        if (!assign(symbol, value, settings, evaluator != null)) {
            return;
        }
        if (evaluator != null) {
            evaluator.choices().settingRead(symbol, this::warn);
        }
    }

    private boolean assign(Symbol symbol, String value, UserSettings settings, boolean user) {
        char first = value.isEmpty() ? '\0' : value.charAt(0);
        SymbolType type = symbol.type();
        if (type.isLogical()) {
            int level = first == 'y' ? 2 : first == 'n' ? 0 : first == 'm' && type == SymbolType.TRISTATE ? 1 : -1;
            if (level < 0) {
                if (user) {
                    warn("symbol value '" + value + "' invalid for " + symbol.name());
                }
                return false;
            }
            settings.set(symbol.id(), level);
            return true;
        }
        if (type == SymbolType.UNKNOWN) {
            return true;
        }
        String content = value;
        if (type == SymbolType.STRING && user) {
            if (first != '"') {
                return true;
            }
            String unquoted = unquote(value);
            if (unquoted == null) {
                warn("invalid string found");
                return false;
            }
            content = unquoted;
        }
        if (!ValueSyntax.isValid(type, content)) {
            if (user) {
                warn("symbol value '" + content + "' invalid for " + symbol.name());
            }
            return false;
        }
        settings.set(symbol.id(), content);
        return true;
    }

    /** The text between the first quotation mark and the next bare one; null when there is none. */
    private static @Nullable String unquote(String value) {
        StringBuilder out = new StringBuilder(value.length());
        for (int i = 1; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"') {
                return out.toString();
            }
            if (c == '\\') {
                i++;
                if (i == value.length()) {
                    return null;
                }
                c = value.charAt(i);
            }
            out.append(c);
        }
        return null;
    }
}
