/**
 * Physical memory: frame metadata, the buddy allocator, contents.
 *
 * <pre>
 *   pfn ── section (pfn &gt;&gt;&gt; sectionOrder) ── one primitive array per field, made when the section is first touched
 *
 *   zone   free lists [order][migratetype]     heads ──► block ⇄ block ⇄ block
 *                                                          state byte of its first frame: 0x80 | order
 *          wholly free, untouched sections     a count; cut into blocks of order 10 when the lists run dry
 *   CPU    lists [order 0..3, 9][migratetype]  filled and drained in batches
 * </pre>
 */
@NullMarked
package org.mmkit.core.memory;

import org.jspecify.annotations.NullMarked;
