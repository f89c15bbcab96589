/**
 * From plugins and a configuration to a running machine.
 *
 * <pre>
 *   class path, module path, MM_PLUGIN_PATH ── Providers ──┐
 *   META-INF/mm/&lt;id&gt;/Kconfig of each ─────────────────────┤
 *   .config, single settings ──────────────────────────────┴─ Wiring ── which architecture, which features, in which order
 *                                                                │
 *   kernel command line ── BootParameters ── Bootstrap: memory, Engine, files, pseudo-files, then Feature.init of each
 * </pre>
 *
 * <p>Nothing here depends on the order in which jars are found: providers are sorted by id, features by what their symbols refer to.
 * A feature sees the machine as a {@link org.mmkit.api.feature.FeatureContext}, of which every place that exists once is taken once.
 */
@NullMarked
package org.mmkit.core.boot;

import org.jspecify.annotations.NullMarked;
