/** Why a symbol has its value, down to what the user has set. */
@NullMarked
package org.mmkit.kconfig.explain;

import org.jspecify.annotations.NullMarked;
