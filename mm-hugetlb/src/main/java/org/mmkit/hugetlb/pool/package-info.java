/** Pools of huge pages, who has been promised how many of them, and who holds them. */
@NullMarked
package org.mmkit.hugetlb.pool;

import org.jspecify.annotations.NullMarked;
