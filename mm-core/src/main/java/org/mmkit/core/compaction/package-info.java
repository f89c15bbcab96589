/**
 * Memory compaction: makes large free blocks by moving pages together (mm/compaction.c, mm/migrate.c).
 *
 * <pre>
 *   zone start                                                     zone end
 *   |  migration scanner ──►                      ◄── free scanner    |
 *   |  folios that can move        ──moved to──►       free frames    |
 * </pre>
 *
 * <p>{@link org.mmkit.core.compaction.Compactor} is asked for a block by allocations, {@link org.mmkit.core.compaction.Kcompactd} by
 * background reclaim. A folio moves when mappings, page cache and swap cache explain every reference to it but the compactor's own:
 * a frame number that is kept over an allocation needs a reference, or a new look.
 */
@NullMarked
package org.mmkit.core.compaction;

import org.jspecify.annotations.NullMarked;
