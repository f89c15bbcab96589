/** Configurations of a tree, and the files they are read from and written to. */
@NullMarked
package org.mmkit.kconfig.config;

import org.jspecify.annotations.NullMarked;
