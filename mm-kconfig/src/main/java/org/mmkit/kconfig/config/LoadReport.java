package org.mmkit.kconfig.config;

import java.util.List;
import java.util.Map;
import org.mmkit.kconfig.model.Diagnostic;

/**
 * What came of reading a configuration file.
 *
 * @param settings how many symbols of the tree the file sets
 * @param unknown the symbols that the tree does not have, with the values that the file gives them
 * @param rejected the settings that do not hold after all rules of the language, with the value that holds
 * @param diagnostics lines that make no sense, in the order of the file
 */
public record LoadReport(int settings, Map<String, String> unknown, Map<String, String> rejected,
        List<Diagnostic> diagnostics) {
}
