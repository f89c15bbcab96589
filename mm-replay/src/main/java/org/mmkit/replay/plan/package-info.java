/** How many huge pages a workload needs, what they save, and what a pool that is too small costs; found by running the model. */
@NullMarked
package org.mmkit.replay.plan;

import org.jspecify.annotations.NullMarked;
