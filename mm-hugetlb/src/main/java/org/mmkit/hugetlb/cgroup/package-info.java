/** Limits and counters of huge pages by control group. */
@NullMarked
package org.mmkit.hugetlb.cgroup;

import org.jspecify.annotations.NullMarked;
