/** The Kconfig language, usable on its own. */
@NullMarked
package org.mmkit.kconfig;

import org.jspecify.annotations.NullMarked;
