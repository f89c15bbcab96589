/**
 * The Kconfig language, usable on its own.
 *
 * <p>Parse once, answer many times:
 *
 * <pre>{@code
 * KconfigTree tree = Kconfig.parse(List.of(
 *         KconfigSource.of("plugin-a/Kconfig", textOfA),
 *         KconfigSource.of("plugin-b/Kconfig", textOfB)));
 *
 * ConfigurationEditor editor = new ConfigurationEditor(tree);
 * LoadReport report = editor.load(".config", ConfigFile.read(path));   // report.unknown() names strangers
 * ResolvedConfiguration c = editor.current();                          // immutable, implements Configuration
 *
 * c.isEnabled("HUGETLB_PAGE");
 * c.reason("HUGETLB_PAGE").sentence();     // "HUGETLB_PAGE is n because it depends on … (plugin-b/Kconfig:7)…"
 * new Explainer(c).explain("HUGETLB_PAGE").obstacles();                // the same as a tree
 *
 * c = editor.edit().set("HUGETLBFS", "y").commit();                    // computes what the change reaches
 * }</pre>
 *
 * <p>Errors in Kconfig files are a {@link org.mmkit.kconfig.model.KconfigException} with all diagnostics; a
 * symbol's definitions, with file and line, are at {@link org.mmkit.kconfig.model.Symbol#nodes}.
 */
@NullMarked
package org.mmkit.kconfig;

import org.jspecify.annotations.NullMarked;
