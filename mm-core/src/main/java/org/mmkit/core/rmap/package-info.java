/**
 * Reverse mapping: from a folio to the entries that map it (Linux: mm/rmap.c).
 *
 * <pre>
 *   folio.owner ──► AnonVma ──► areas of the process that made it and of its children
 *               or FileMapping ──► areas that map the file
 *   address in an area = area.start + (folio.index - area.pgoff) * page size
 * </pre>
 */
@NullMarked
package org.mmkit.core.rmap;

import org.jspecify.annotations.NullMarked;
