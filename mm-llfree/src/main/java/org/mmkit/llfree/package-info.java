/**
 * A frame allocator in the shape of LLFree (Wrenger et al., USENIX ATC 2023): no locks, no lists, 0.13 bytes of metadata for each frame.
 *
 * <pre>
 *   processor    reserves a tree for each kind of request (fixed, movable, huge)
 *       |
 *   tree word    free frames of 32 areas | reserved                          {@link org.mmkit.llfree.Trees}
 *       |
 *   area word    free frames of 512, or HUGE: handed out as one              {@link org.mmkit.llfree.Areas}
 *       |
 *   bitmap       8 words of 64 frames, 1 = in use; none until an area of the tree is cut
 * </pre>
 *
 * A request first takes its frames off the tree's count, then off an area's, then sets bits: whoever has counted them down finds them.
 * Freeing goes the other way. An order-9 request is one exchange of an area word, from 512 to HUGE.
 */
@NullMarked
package org.mmkit.llfree;

import org.jspecify.annotations.NullMarked;
