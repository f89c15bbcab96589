/** Gives back the memory that describes huge pages and is the same for all their tail pages. */
@NullMarked
package org.mmkit.hugetlb.vmemmap;

import org.jspecify.annotations.NullMarked;
