/** Splits the bytes of Kconfig files into tokens. */
@NullMarked
package org.mmkit.kconfig.lexer;

import org.jspecify.annotations.NullMarked;
