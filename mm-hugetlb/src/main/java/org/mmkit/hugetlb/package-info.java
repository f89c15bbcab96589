/** HugeTLB pools and hugetlbfs. */
@NullMarked
package org.mmkit.hugetlb;

import org.jspecify.annotations.NullMarked;
