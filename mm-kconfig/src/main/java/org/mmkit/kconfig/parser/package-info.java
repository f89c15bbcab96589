/** Reads Kconfig files into a tree. */
@NullMarked
package org.mmkit.kconfig.parser;

import org.jspecify.annotations.NullMarked;
