/** Physical memory: frames, folios, the frame allocator. */
@NullMarked
package org.mmkit.api.memory;

import org.jspecify.annotations.NullMarked;
