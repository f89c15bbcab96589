/** The macro language: variables, built-in functions, and the shell behind them. */
@NullMarked
package org.mmkit.kconfig.macro;

import org.jspecify.annotations.NullMarked;
