/** Files of huge pages: hugetlbfs, and the nameless ones behind mmap, memfd and System V segments. */
@NullMarked
package org.mmkit.hugetlb.fs;

import org.jspecify.annotations.NullMarked;
