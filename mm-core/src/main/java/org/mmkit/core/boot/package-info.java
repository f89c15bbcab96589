/** From plugins and a configuration to a running machine. */
@NullMarked
package org.mmkit.core.boot;

import org.jspecify.annotations.NullMarked;
