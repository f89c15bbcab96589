/**
 * Address spaces: areas that merge and split, and the system calls that change them.
 *
 * <p>{@link org.mmkit.core.space.UserAddressSpace} holds the state; each family of calls is a class of its own:
 * {@link org.mmkit.core.space.MapCalls} (mmap, munmap, brk), {@link org.mmkit.core.space.ProtectCall},
 * {@link org.mmkit.core.space.RemapCall}, {@link org.mmkit.core.space.AdviseCall}, {@link org.mmkit.core.space.LockCalls},
 * {@link org.mmkit.core.space.ForkCopy}. {@link org.mmkit.core.space.AreaMerger} knows which areas become one.
 */
@NullMarked
package org.mmkit.core.space;

import org.jspecify.annotations.NullMarked;
