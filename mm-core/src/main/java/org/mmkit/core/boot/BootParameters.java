package org.mmkit.core.boot;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.mmkit.api.feature.BootParameter;

/**
 * The kernel command line: blank-separated {@code name} or {@code name=value}, double quotes around what holds blanks; dashes and underscores
 * of a name are the same, and everything behind {@code --} belongs to init (kernel/params.c, parse_args). A parameter is known once
 * somebody has asked for it. Not thread-safe.
 */
public final class BootParameters {

    private final String line;
    private final List<Parameter> parameters = new ArrayList<>();
    private final Set<String> known = new HashSet<>();

    private record Parameter(String name, String value, String text) {}

    /** Cuts {@code line} into parameters. */
    public BootParameters(String line) {
        this.line = line.strip();
        for (String word : words(this.line)) {
            if (word.equals("--")) {
                break;
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? "" : unquoted(word.substring(equals + 1));
            parameters.add(new Parameter(canonical(name), value, word));
        }
    }

    /** The values of {@code name} in the order of the line, empty text for one without; the name is known from now on. */
    public List<String> values(String name) {
        known.add(canonical(name));
        return parameters.stream().filter(parameter -> parameter.name.equals(canonical(name))).map(Parameter::value).toList();
    }

    /** The parameters with one of {@code names}, in the order of the line; the names are known from now on. */
    public List<BootParameter> sequence(Set<String> names) {
        known.addAll(names);
        return parameters.stream().filter(parameter -> names.contains(parameter.name))
                .map(parameter -> new BootParameter(parameter.name, parameter.value)).toList();
    }

    /** The names that somebody has asked for, given or not. */
    public Set<String> known() {
        return Set.copyOf(known);
    }

    /** The parameters, as they were given, that nobody has asked for. */
    public List<String> unknown() {
        return parameters.stream().filter(parameter -> !known.contains(parameter.name)).map(Parameter::text).toList();
    }

    /** The whole line, as {@code /proc/cmdline} shows it. */
    public String line() {
        return line;
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
                word.append(c);
            } else if (!quoted && Character.isWhitespace(c)) {
                if (word.length() > 0) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                word.append(c);
            }
        }
        if (word.length() > 0) {
            words.add(word.toString());
        }
        return words;
    }

    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"") ? value.substring(1, value.length() - 1) : value;
    }

    private static String canonical(String name) {
        return name.replace("\"", "").replace('-', '_');
    }
}
