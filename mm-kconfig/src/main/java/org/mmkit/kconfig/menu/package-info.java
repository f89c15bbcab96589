/** A menu to change a configuration with, without the terminal that shows it. */
@NullMarked
package org.mmkit.kconfig.menu;

import org.jspecify.annotations.NullMarked;
