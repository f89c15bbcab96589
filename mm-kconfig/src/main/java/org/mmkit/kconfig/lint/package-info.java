/** Finds mistakes in Kconfig files that the language allows. */
@NullMarked
package org.mmkit.kconfig.lint;

import org.jspecify.annotations.NullMarked;
