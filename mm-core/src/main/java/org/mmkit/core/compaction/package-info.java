/**
 * Memory compaction: makes large free blocks by moving anonymous pages together (mm/compaction.c).
 *
 * <pre>
 *   zone start                                                     zone end
 *   | A . A . | . A A . | ...            ... | . . . A | . . . . |
 *     migrate scanner ──►  takes pages         ◄── free scanner takes free frames
 *   until they meet, or a block of the order asked for has come up.
 * </pre>
 */
@NullMarked
package org.mmkit.core.compaction;

import org.jspecify.annotations.NullMarked;
