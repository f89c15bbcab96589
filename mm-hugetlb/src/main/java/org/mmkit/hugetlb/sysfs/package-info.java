/** The control files of the pools. */
@NullMarked
package org.mmkit.hugetlb.sysfs;

import org.jspecify.annotations.NullMarked;
