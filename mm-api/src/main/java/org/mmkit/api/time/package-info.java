/** Virtual time and kernel threads. */
@NullMarked
package org.mmkit.api.time;

import org.jspecify.annotations.NullMarked;
