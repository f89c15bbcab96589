/** Which sizes shared memory may use. */
@NullMarked
package org.mmkit.thp.shmem;

import org.jspecify.annotations.NullMarked;
