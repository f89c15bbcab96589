/** Recordings: reading, writing and comparing what a kernel answered, line by line. */
@NullMarked
package org.mmkit.scenario.record;

import org.jspecify.annotations.NullMarked;
