/** Faults, copies and unmapping of areas of huge pages. */
@NullMarked
package org.mmkit.hugetlb.paging;

import org.jspecify.annotations.NullMarked;
