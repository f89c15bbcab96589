package org.mmkit.kconfig.macro;

/**
 * What a command wrote.
 *
 * @param output at least the first {@link MacroShell#ANSWER_LIMIT} bytes of its standard output, one in each char
 * @param errors its standard error, likewise, complete
 */
public record ShellAnswer(String output, String errors) {
}
