/**
 * Files as system calls see them: mounts, names, open descriptions, descriptors, memfd and System V segments.
 *
 * <p>{@link org.mmkit.core.vfs.Vfs} belongs to the machine, a {@link org.mmkit.core.vfs.FileTable} to a process.
 */
@NullMarked
package org.mmkit.core.vfs;

import org.jspecify.annotations.NullMarked;
