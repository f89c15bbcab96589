/** Trees, configurations and findings in formats of other tools. */
@NullMarked
package org.mmkit.kconfig.export;

import org.jspecify.annotations.NullMarked;
